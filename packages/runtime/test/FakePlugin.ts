/** The fake laboratory as a plugin's module, for worker threads. */
import { fakeLab } from "./FakeLab.ts"

export const plugin = fakeLab().plugins.plugins[0]?.plugin
