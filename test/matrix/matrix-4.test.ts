import { describeMatrix } from './matrix';

describeMatrix([4, 4]);
