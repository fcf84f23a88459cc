/** An agent that asks the shells for the time and for chance by all the words they have, then submits nothing of worth. */
import { createInterface } from "node:readline"

const words =
  "echo $RANDOM $SRANDOM $SECONDS $EPOCHSECONDS; awk 'BEGIN { print rand(); srand(); print srand() }'; date; printf '%(%c)T\\n' -1; " +
  "touch /tmp/f; ls -l /tmp; stat /tmp/f; find /tmp -mtime -1; tar cf - /tmp | md5sum; time true; env | sort"

const files = `echo ${Buffer.from(words).toString("base64")} | base64 -d > words.sh`
const inside = "kubectl exec -i deploy/mongodb-geo -- bash < words.sh"

const commands = [
  `${files}; . ./words.sh; jq -n now; seq 9 | xan shuffle; type sqlite3`,
  `sleep 7; ${inside}; timeout 3 sleep 5; ${inside}; . ./words.sh`,
  "kubectl exec deploy/mongodb-geo -- ps -ef; kubectl exec deploy/mongodb-geo -- cat /etc/hosts"
]

let left = commands

for await (const line of createInterface({ input: process.stdin })) {
  const { type } = JSON.parse(line) as { readonly type: string }
  if (type === "init") left = commands
  const [next, ...rest] = left
  if (type !== "init") left = rest
  const call = next === undefined ? 'submit("Yes")' : `exec_shell("${next}")`
  console.log(JSON.stringify(type === "init" ? { type: "ready" } : { type: "action", text: `\`\`\`\n${call}\n\`\`\`` }))
}
