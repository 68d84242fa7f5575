/** `sealbox doctor`: asks a running box how it is, or reads one that stands still; says what to do next. Changes nothing. */
import { askHealth } from '../health/line.ts'
import { reportLines, type Language } from '../health/words.ts'
import { stoppedHealth } from '../health/stopped.ts'
import { isEmptyFolder, readBoxFile } from '../box/data_folder.ts'
import { ApplianceError, exitStatus } from '../errors.ts'
import { dataDirectory, options, say } from './options.ts'

const statusOf = {
  ok: exitStatus.passed,
  warn: exitStatus.indeterminate,
  bad: exitStatus.failed,
} as const

/** 0 all is well, 1 something failed, 2 something wants a look, 66 no box there, 69 a box holds the folder and does not answer. */
export async function run(argv: string[]): Promise<number> {
  const { values } = options(argv, {
    data: { type: 'string' },
    json: { type: 'boolean' },
    language: { type: 'string' },
  })
  const directory = dataDirectory(values.data)
  const language = languageOf(values.language)
  if (isEmptyFolder(directory)) {
    throw new ApplianceError(
      'FILE_MISSING',
      `there is no box in ${directory}; sealbox start makes one`,
    )
  }
  readBoxFile(directory)
  const report = (await askHealth(directory)) ?? (await stoppedHealth(directory))
  if (values.json === true) say(JSON.stringify(report))
  else for (const line of reportLines(report, language)) say(line)
  return statusOf[report.state]
}

/** As asked for, else as the terminal is set; Chinese where it does not say. */
function languageOf(given: string | undefined): Language {
  if (given === 'zh' || given === 'en') return given
  if (given !== undefined) throw new ApplianceError('USAGE', '--language is zh or en')
  const { LC_ALL, LC_MESSAGES, LANG } = process.env
  const set = LC_ALL ?? LC_MESSAGES ?? LANG ?? ''
  return set.startsWith('en') ? 'en' : 'zh'
}
