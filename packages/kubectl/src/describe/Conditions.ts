/** The table of an object's conditions with two times, as of nodes and claims. */
import * as Duration from "../Duration.ts"
import * as Fields from "../Fields.ts"
import type { Page } from "./Page.ts"

/** `looked`: the column and field of the time at which somebody last looked. */
export const conditions = (page: Page, status: unknown, looked: readonly [column: string, field: string]): void => {
  const found = Fields.list(status, "conditions")
  if (found.length === 0) return
  page.line(0, "Conditions:")
  page.line(1, "Type", "Status", looked[0], "LastTransitionTime", "Reason", "Message")
  page.line(1, "----", "------", "-----------------", "------------------", "------", "-------")
  for (const one of found) {
    const when = (key: string) => Duration.rfc1123(Fields.time(one, key) ?? 0)
    page.line(
      1,
      `${Fields.text(one, "type")} `,
      `${Fields.text(one, "status")} `,
      `${when(looked[1])} `,
      `${when("lastTransitionTime")} `,
      `${Fields.text(one, "reason")} `,
      Fields.text(one, "message")
    )
  }
}
