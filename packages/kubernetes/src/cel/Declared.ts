/** The functions of the Common Expression Language in Kubernetes 1.34, by name: an expression that calls another does not compile. */
import { formatNames } from "./Formats.ts"

const words = (text: string): ReadonlyArray<string> => text.split(/\s+/).filter((word) => word !== "")

/** Called on a value, or of values. */
export const functions: ReadonlySet<string> = new Set([
  // the language's own
  ...words("bool bytes double duration dyn int string timestamp type uint size contains startsWith endsWith matches"),
  ...words("getDate getDayOfMonth getDayOfWeek getDayOfYear getFullYear getHours getMilliseconds getMinutes getMonth getSeconds"),
  ...words("has all exists exists_one existsOne map filter transformList transformMap transformMapEntry"),
  ...words("hasValue value or orValue optMap optFlatMap"),
  // texts and lists
  ...words("charAt format indexOf join lastIndexOf lowerAscii replace split substring trim upperAscii find findAll"),
  ...words("isSorted sum min max includes"),
  // quantities, URLs, addresses, versions, formats
  ...words("quantity isQuantity sign asInteger isInteger asApproximateFloat add sub isGreaterThan isLessThan compareTo"),
  ...words("url isURL getScheme getHost getHostname getPort getEscapedPath getQuery"),
  ...words("ip isIP cidr isCIDR family isUnspecified isLoopback isLinkLocalMulticast isLinkLocalUnicast isGlobalUnicast"),
  ...words("containsIP containsCIDR masked prefixLength semver isSemver major minor patch validate"),
  // what somebody may do
  ...words("path group serviceAccount resource subresource namespace name fieldSelector labelSelector"),
  ...words("check allowed denied errored error reason")
])

/** Called with the name before them. */
export const qualified: ReadonlySet<string> = new Set([
  ...["named", ...formatNames].map((name) => `format.${name}`),
  ...words("ip.isCanonical optional.none optional.of optional.ofNonZeroValue strings.quote"),
  ...words("sets.contains sets.equivalent sets.intersects")
])
