/** What the command line says, as plain data: the bundled command tree and the handlers may use different copies of Effect. */

/** Where components and problems come from. */
export interface Sources {
  /** Plugins beside the default ones: names of packages or paths. */
  readonly plugin: ReadonlyArray<string>
  /** Folders of problems instead of `problems`. */
  readonly problems: ReadonlyArray<string>
}

export interface Format {
  readonly json: boolean
}

export interface RunFlags extends Sources, Format {
  readonly jobs: number | undefined
  readonly out: string | undefined
  readonly failUnder: number | undefined
  readonly verbose: boolean
}

export interface ClusterFlags {
  readonly cluster: string | undefined
  readonly clusterWith: Readonly<Record<string, string>>
  readonly kubeconfig: string | undefined
  readonly yes: boolean
}

export interface Limits {
  readonly maxSteps: number
  /** As written: `30m`. */
  readonly timeLimit: string
  readonly turnLimit: string
  /** `none`, `measured`, or a duration for each step. */
  readonly charge: string
}

export interface RunInput extends RunFlags, ClusterFlags, Limits {
  readonly selectors: ReadonlyArray<string>
  readonly agent: string
  readonly agentWith: Readonly<Record<string, string>>
  readonly seed: number
  readonly repeat: number
}

export interface Inputs {
  readonly run: RunInput
  readonly matrix: RunFlags & ClusterFlags & { readonly file: string; readonly dryRun: boolean }
  readonly audit: RunFlags & ClusterFlags & { readonly selectors: ReadonlyArray<string>; readonly seed: number }
  readonly demo: Sources
  readonly problemsList: Sources & Format
  readonly problemsShow: Sources & Format & { readonly name: string; readonly yaml: boolean }
  readonly problemsValidate: Sources & Format & { readonly selectors: ReadonlyArray<string> }
  readonly pluginsList: Sources & Format
  readonly agentsList: Sources & Format
  readonly schema: Sources & Format & { readonly out: string; readonly check: boolean }
  readonly clusterUp: Sources & {
    readonly app: string | undefined
    readonly kubeconfig: string
    /** As written: `wall`, `x10`, `virtual`. */
    readonly time: string
    readonly port: number
    readonly seed: string
  }
  readonly clusterList: Sources & Format
  readonly clusterDelete: Sources & { readonly names: ReadonlyArray<string> }
  readonly clusterGc: Sources & Format
  readonly doctor: Sources & Format
  readonly recover: Sources & Format & { readonly dirs: ReadonlyArray<string> }
  readonly show: Format & { readonly run: string; readonly trial: string | undefined }
}

export type Command = keyof Inputs
