/** The original's actions. `submit` is the conversation's own: what it takes depends on the task. */
import type { Action } from "./Action.ts"
import { execShell } from "./actions/ExecShell.ts"
import { getLogs } from "./actions/GetLogs.ts"
import { getMetrics } from "./actions/GetMetrics.ts"
import { getTraces } from "./actions/GetTraces.ts"
import { readMetrics, readTraces } from "./actions/ReadTable.ts"

export const actions: ReadonlyArray<Action> = [getLogs, getMetrics, readMetrics, getTraces, readTraces, execShell]
