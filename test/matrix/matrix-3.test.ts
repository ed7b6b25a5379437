import { describeMatrix } from './matrix';

describeMatrix([3, 4]);
