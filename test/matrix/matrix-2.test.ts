import { describeMatrix } from './matrix';

describeMatrix([2, 4]);
