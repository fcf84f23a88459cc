/** The shell language as a container's own `sh` reads it: what `Parse` makes of a script. */

export type Part =
  /** `bare` text may hold patterns and is split; quoted text is taken as it is. */
  | { readonly _tag: "Text"; readonly text: string; readonly quoting: Quoting }
  | { readonly _tag: "Variable"; readonly name: string; readonly quoting: Quoting; readonly otherwise: Otherwise | undefined }
  | { readonly _tag: "Substitution"; readonly script: Script; readonly quoting: Quoting }
  | { readonly _tag: "Arithmetic"; readonly word: Word }

export type Quoting = "bare" | "quoted"

/** `${name:-word}` and its kin. */
export interface Otherwise {
  readonly operator: ":-" | "-" | ":+" | "+" | ":=" | "=" | ":?" | "?" | "#" | "##" | "%" | "%%"
  readonly word: Word
}

export type Word = ReadonlyArray<Part>

export interface Redirection {
  readonly fd: number
  readonly operator: "<" | ">" | ">>" | ">&" | "<&" | "<<"
  /** Of `<<`: the text itself. */
  readonly target: Word
}

export interface Simple {
  readonly _tag: "Simple"
  readonly assignments: ReadonlyArray<{ readonly name: string; readonly value: Word }>
  readonly words: ReadonlyArray<Word>
  readonly redirections: ReadonlyArray<Redirection>
}

export type Command =
  | Simple
  | {
      readonly _tag: "If"
      readonly clauses: ReadonlyArray<{ readonly condition: Script; readonly body: Script }>
      readonly otherwise: Script
    }
  | { readonly _tag: "Loop"; readonly until: "ok" | "failed"; readonly condition: Script; readonly body: Script }
  | { readonly _tag: "For"; readonly variable: string; readonly words: ReadonlyArray<Word>; readonly body: Script }
  | {
      readonly _tag: "Case"
      readonly word: Word
      readonly arms: ReadonlyArray<{ readonly patterns: ReadonlyArray<Word>; readonly body: Script }>
    }
  /** `( … )` is a process of its own. */
  | { readonly _tag: "Group"; readonly body: Script; readonly place: "here" | "own" }
  | { readonly _tag: "Redirected"; readonly command: Command; readonly redirections: ReadonlyArray<Redirection> }
  | { readonly _tag: "Function"; readonly name: string; readonly body: Script }

export interface Pipeline {
  readonly negated: "yes" | "no"
  readonly commands: ReadonlyArray<Command>
}

/** Pipelines joined by `&&` and `||`; the first has no operator of its own. */
export interface AndOr {
  readonly pipelines: ReadonlyArray<{ readonly operator: "&&" | "||" | ""; readonly pipeline: Pipeline }>
  readonly background: "yes" | "no"
}

export type Script = ReadonlyArray<AndOr>
