/** A word of a command line. */

/** As a script writes it so that the shell takes it as it is. */
export const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`

/** The name of a program, whatever folder it is called from. */
export const baseName = (word = ""): string => word.slice(word.lastIndexOf("/") + 1)
