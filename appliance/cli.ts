/** The entry of the command line. In the image `image/bundled_cli.ts` stands in its place. */
import { runCommandLine } from './command_line.ts'

process.exitCode = await runCommandLine(process.argv.slice(2))
