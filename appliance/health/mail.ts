/** Tells of alarms by a local mail relay (RFC 5321). The one file that knows nodemailer. Words of the box alone: no unit, no document. */
import type { Reporting } from '../../web/index.ts'
import type { AlarmNews } from './alarms.ts'

export type MailSettings = NonNullable<Reporting['mail']>

export interface Letter {
  readonly subject: string
  readonly text: string
}

const patienceMs = 15_000

/** Sends one letter; rejects with the error of the line or the relay. */
export async function sendLetter(
  settings: MailSettings,
  { letter, name }: { readonly letter: Letter; readonly name: string },
): Promise<void> {
  const { host, port, security, ca, from, to } = settings
  // Loaded when a letter is written, which is seldom: every start of a box would wait for it otherwise.
  const { createTransport } = await import('nodemailer')
  const transport = createTransport({
    ...{ host, port, name },
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    tls: {
      ...(ca !== null && { ca }),
      ...(settings.name !== null && { servername: settings.name }),
      minVersion: 'TLSv1.2',
    },
    connectionTimeout: patienceMs,
    greetingTimeout: patienceMs,
    socketTimeout: patienceMs,
    // A letter is made of words alone: nothing is read from files or fetched for it.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  try {
    await transport.sendMail({ from, to, ...letter })
  } finally {
    transport.close()
  }
}

const kinds = {
  zh: { raised: '新告警', worse: '加重', ended: '已恢复', reminded: '仍未处理' },
  en: { raised: 'new', worse: 'worse', ended: 'over', reminded: 'still open' },
} as const

/** All news in one letter. Pure. */
export function letterOf(
  news: readonly AlarmNews[],
  of: { readonly language: 'zh' | 'en'; readonly district: string; readonly url: string },
): Letter {
  const { language, district, url } = of
  const lines = news.flatMap(({ kind, at, alarm }) => {
    const { what, value, advice } = alarm[language]
    return [
      `[${kinds[language][kind]}] ${what}: ${value}`,
      ...(kind === 'ended' || advice === '' ? [] : [`    ${advice}`]),
      `    ${at}`,
      '',
    ]
  })
  const [first] = news
  const named =
    first === undefined ? '' : `${kinds[language][first.kind]} ${first.alarm[language].what}`
  const more = news.length > 1 ? ` (+${String(news.length - 1)})` : ''
  const subject =
    language === 'zh' ? `印匣 ${district}：${named}${more}` : `Sealbox ${district}: ${named}${more}`
  return { subject, text: [...lines, url, ''].join('\n') }
}

/** A word of trial. Pure. */
export function trialLetter(of: {
  readonly language: 'zh' | 'en'
  readonly district: string
}): Letter {
  return of.language === 'zh'
    ? { subject: `印匣 ${of.district}：试发`, text: '这是一封试发的邮件；告警会这样送来。\n' }
    : {
        subject: `Sealbox ${of.district}: trial`,
        text: 'This is a letter of trial; alarms come like this.\n',
      }
}
