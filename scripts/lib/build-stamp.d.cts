/** One hash (64 hex digits) over the sources of a build: names and bytes. */
export function hashOfSources(): string;

/** Notes what a build begins with. */
export function beginBuild(): void;

/** Notes that the build which began last has ended, and what it gave. */
export function endBuild(): void;

/** Whether dist is what the sources of this moment give. */
export function distIsFresh(): boolean;
