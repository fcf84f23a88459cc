/** Commands that wait for a person or never end, and what to do instead (aiopslab's block list, and what else people try). */
const hints: ReadonlyArray<readonly [pattern: RegExp, hint: string]> = [
  [
    /\bkubectl\b[^|;&]*\sedit\b/u,
    "There is no editor here. Use `kubectl patch`, `kubectl set` or `kubectl apply -f -` instead of `kubectl edit`."
  ],
  [/\bedit\s+svc\b/u, "There is no editor here. Use `kubectl patch svc` instead of `edit svc`."],
  [
    /\bkubectl\b[^|;&]*\sport-forward\b/u,
    "Ports cannot be forwarded here. Use `kubectl exec POD -- COMMAND` to reach a service from inside the cluster."
  ],
  [/\bdocker\s+logs\s+(?:-\S*f|--follow)/u, "Following a log does not end. Use `kubectl logs --tail=N`."],
  [
    /\bkubectl\b(?:(?!\s--\s)[^|;&])*\slogs?(?=\s)(?:(?!\s--\s)[^|;&])*(?:\s-[a-z]*f\b|\s--follow\b(?!=false))/u,
    "Following a log does not end. Leave out -f and use `--since` or `--tail`."
  ],
  [
    /\bkubectl\b(?:(?!\s--\s)[^|;&])*\sget(?=\s)(?:(?!\s--\s)[^|;&])*(?:\s-w\b|\s--watch(?:-only)?\b(?!=false))/u,
    "A watch does not end. Run the command again, or use `kubectl wait` or `kubectl rollout status`."
  ],
  [/^\s*watch\s/u, "`watch` does not end. Run the command again when you need it."]
]

/** The hint for a script that would hang, or undefined. */
export const interactive = (script: string): string | undefined => hints.find(([pattern]) => pattern.test(script))?.[1]
