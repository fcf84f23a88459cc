/** What the audit holds against every problem: `oracle` must pass it, the others must not. */
import { scripted, shell, submit, type Turn } from "./Script.ts"

/** The mitigation is played by these commands and then submitted; other tasks get no answer. */
const repairing = (of: {
  readonly name: string
  readonly summary: string
  readonly commands: (namespace: string) => ReadonlyArray<string>
}) =>
  scripted({
    name: of.name,
    summary: of.summary,
    knows: "nothing",
    script: ({ namespace, task }) => (task === "mitigation" ? [...of.commands(namespace).map(shell), submit()] : [])
  })

export const oracle = scripted({
  name: "oracle",
  summary: "Knows the truth: submits the right answers and plays the problem's solution",
  knows: "solution",
  script: ({ solution, task }) => {
    if (solution === undefined) return []
    if (task === "mitigation") return [...solution.commands.map(shell), submit()]
    const answer = solution.answers[task]
    return answer === undefined ? [] : [submit(answer)]
  }
})

export const nop = repairing({
  name: "nop",
  summary: "Does nothing: answers nothing, and submits a mitigation without having touched anything",
  commands: () => []
})

const guess: Turn = (observation) => submit([/service\/([a-z0-9][-a-z0-9]*)/u.exec(observation)?.[1] ?? "unknown"])

export const alwaysYes = scripted({
  name: "always-yes",
  summary: "Looks at nothing: always sees a fault, in the first service, of one and the same type",
  knows: "nothing",
  script: ({ namespace, task }) => {
    switch (task) {
      case "detection":
        return [submit("Yes")]
      case "localization":
        return [shell(`kubectl get services -n ${namespace} -o name`), guess]
      case "analysis":
        return [submit({ system_level: "Application", fault_type: "Misconfiguration" })]
      default:
        return [submit()]
    }
  }
})

export const restartAll = repairing({
  name: "restart-all",
  summary: "Restarts every deployment, waits, and submits",
  commands: (namespace) => [`kubectl rollout restart deployment -n ${namespace}`, "sleep 60"]
})

export const scaleToZero = repairing({
  name: "scale-to-zero",
  summary: "Scales every deployment to zero, so that nothing can fail any more, and submits",
  commands: (namespace) => [`kubectl scale deployment --all --replicas=0 -n ${namespace}`]
})

export const deleteAll = repairing({
  name: "delete-all",
  summary: "Deletes the whole application and submits",
  commands: (namespace) => [
    `kubectl delete deployments,statefulsets,services,configmaps,persistentvolumeclaims --all --wait=false -n ${namespace}`,
    `kubectl delete pods --all --wait=false -n ${namespace}`
  ]
})
