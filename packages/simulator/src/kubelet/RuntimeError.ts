/** What containerd and runc say when a program can't be started. */

const notFound = (program: string): string =>
  program.includes("/")
    ? `exec: "${program}": stat ${program}: no such file or directory`
    : `exec: "${program}": executable file not found in $PATH`

/** Of a container. */
export const createFailed = (program: string): string =>
  `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ${notFound(program)}: unknown`

/** Of an exec into a running container. */
export const execFailed = (program: string): string =>
  `OCI runtime exec failed: exec failed: unable to start container process: ${notFound(program)}: unknown`
