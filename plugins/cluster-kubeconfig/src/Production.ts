/** Which clusters nobody should break by mistake, told by what a kubeconfig calls them and where they are. */

const words: ReadonlySet<string> = new Set(["prod", "production", "prd", "live"])

/** Under which clouds serve the API of clusters that they run for their customers. */
const managed = [
  "eks.amazonaws.com",
  "eks.amazonaws.com.cn",
  "azmk8s.io",
  "gke.goog",
  "k8s.ondigitalocean.com",
  "containers.cloud.ibm.com",
  "clusters.oci.oraclecloud.com",
  "linodelke.net",
  "scw.cloud",
  "vultr-k8s.com",
  "k8s.ovh.net",
  "aliyuncs.com"
]

/** Names that the clouds' own programs give to contexts. */
const contexts = [/^gke_/u, /^arn:aws[a-z-]*:eks:/u, /^do-[a-z0-9]+-/u]

const wordIn = (text: string): string | undefined =>
  text
    .toLowerCase()
    .split(/[^a-z]+/u)
    .find((word) => words.has(word))

const hostOf = (server: string): string => (URL.canParse(server) ? new URL(server).hostname : server)

/** Why it looks like a cluster that people depend on; undefined when nothing says so. */
export const looksLikeProduction = (context: string, server: string): string | undefined => {
  const host = hostOf(server)
  const named = wordIn(context)
  if (named !== undefined) return `its name has the word "${named}"`
  const addressed = wordIn(host)
  if (addressed !== undefined) return `its address has the word "${addressed}"`
  const cloud = managed.find((domain) => host === domain || host.endsWith(`.${domain}`))
  if (cloud !== undefined) return `a cloud serves it (${cloud})`
  return contexts.some((pattern) => pattern.test(context)) ? "its name is one that a cloud gives" : undefined
}
