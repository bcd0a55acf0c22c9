/** What the command ends with, for scripts. */

/** Every file is there. */
export const EXIT_OK = 0;
/** Some lines became no file, or the command itself failed. */
export const EXIT_FAILED = 1;
/** The command line or the list cannot be used as it is, files of an earlier run were refused, or another run is at work. */
export const EXIT_USAGE = 2;
/** The output folder cannot be written, or is full. */
export const EXIT_FOLDER = 3;

/** A shell's code for a program that a signal has ended. */
export const EXIT_BY_SIGNAL: Readonly<Record<'SIGINT' | 'SIGTERM', number>> = { SIGINT: 130, SIGTERM: 143 };
