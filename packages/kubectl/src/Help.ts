/** A short help in our own words: the commands, or the usage of one. */
const usages: Readonly<Record<string, string>> = {
  annotate: "kubectl annotate TYPE NAME KEY=VALUE… KEY-…",
  "api-resources": "kubectl api-resources [--namespaced=true|false] [--api-group=GROUP] [-o wide|name]",
  "api-versions": "kubectl api-versions",
  apply: "kubectl apply -f FILE [--server-side [--force-conflicts]]",
  auth: "kubectl auth can-i VERB TYPE[/NAME] | kubectl auth can-i --list | kubectl auth whoami",
  "cluster-info": "kubectl cluster-info",
  config: "kubectl config view | current-context | get-contexts",
  create:
    "kubectl create -f FILE | kubectl create clusterrole|clusterrolebinding|configmap|cronjob|deployment|ingress|job|namespace|poddisruptionbudget|priorityclass|quota|role|rolebinding|secret|service|serviceaccount NAME …",
  delete: "kubectl delete TYPE NAME… | TYPE -l SELECTOR | TYPE --all | -f FILE [--force] [--grace-period=N] [--wait=false]",
  describe: "kubectl describe TYPE [NAME_PREFIX…] | TYPE/NAME [-l SELECTOR]",
  events: "kubectl events [--for TYPE/NAME] [--types=Warning,Normal]",
  exec: "kubectl exec POD|TYPE/NAME [-c CONTAINER] [-i] -- COMMAND [ARGS…]",
  get: "kubectl get TYPE [NAME…] | TYPE/NAME… [-n NAMESPACE | -A] [-l SELECTOR] [--field-selector F] [-o wide|yaml|json|name|jsonpath=…|custom-columns=…|go-template=…] [--sort-by PATH] [--show-labels]",
  label: "kubectl label TYPE NAME KEY=VALUE… KEY-… [--overwrite]",
  logs: "kubectl logs POD|TYPE/NAME [-c CONTAINER] [-p] [--tail=N] [--since=DURATION] [-l SELECTOR] [--all-containers] [--timestamps]",
  patch: "kubectl patch TYPE NAME -p PATCH [--type=strategic|merge|json]",
  replace: "kubectl replace -f FILE",
  rollout: "kubectl rollout status|history|undo|restart|pause|resume TYPE/NAME",
  scale: "kubectl scale TYPE/NAME --replicas=N",
  set: "kubectl set image TYPE/NAME CONTAINER=IMAGE | set env TYPE/NAME KEY=VALUE KEY- | set resources TYPE/NAME --limits=… --requests=… | set selector TYPE NAME EXPRESSION",
  top: "kubectl top pods|nodes",
  version: "kubectl version [-o json|yaml]",
  wait: "kubectl wait TYPE/NAME --for=condition=C|delete|jsonpath='{…}'=VALUE|create [--timeout=DURATION]"
}

/** Of one command (`get`, `rollout restart`), or the list of all. */
export const helpText = (command: string | undefined): string => {
  const usage = command === undefined ? undefined : usages[command.split(" ")[0] ?? ""]
  if (usage !== undefined) return `Usage:\n  ${usage}\n`
  return `kubectl controls the cluster.\n\nCommands:\n${Object.values(usages)
    .map((one) => `  ${one}\n`)
    .join("")}\nUse "kubectl <command> --help" for one of them.\n`
}
