/** Where the Python shim lies: `python3 -m aiopslab_agent my_agent:Agent` finds it, since its folder is on the agent's PYTHONPATH. */
import { fileURLToPath } from "node:url"

const folder = new URL("../python/", import.meta.url)

/** The file `aiopslab_agent.py`. */
export const pythonShim: string = fileURLToPath(new URL("aiopslab_agent.py", folder))

export const pythonFolder: string = fileURLToPath(folder)
