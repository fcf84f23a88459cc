/** The commands in the order of kubectl's help, which is that of its suggestions. */
const commands =
  "create expose run set explain get edit delete rollout scale autoscale certificate cluster-info top cordon uncordon drain taint describe logs attach exec port-forward proxy cp auth debug events diff apply patch replace wait kustomize label annotate completion config plugin version api-versions api-resources options".split(
    " "
  )

/** What somebody may have meant: commands within two edits, or that begin alike (cobra's rule). */
export const nearest = (given: string): ReadonlyArray<string> =>
  commands.filter((name) => distance(given.toLowerCase(), name) <= 2 || name.startsWith(given.toLowerCase()))

/** Levenshtein. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)))
    }
    row = next
  }
  return row[b.length] ?? 0
}
