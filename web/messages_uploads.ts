/** What is said of files that are uploaded: refused, or waiting for the virus check. */
import type { ExchangeErrorCode } from '../exchange/index.ts'
import { message, type Message } from './message.ts'

export const uploadMessages = {
  ATTACHMENT_UNKNOWN: message(
    422,
    '稿件引用的文件尚未由本单位上传。',
    'A file named by the draft was not uploaded by your unit.',
  ),
  UPLOAD_REFUSED: message(
    422,
    '文件未通过检查，未保存。原因见所列意见。',
    'The file was refused and not kept; see the findings.',
  ),
  UPLOAD_WAITING: message(
    409,
    '文件已保存，正在等待病毒检查；检查通过后即可送签，不必重新上传。',
    'A file is kept and waits for the virus check; it can be handed on afterwards, without uploading it again.',
  ),
  UPLOAD_WAITING_FULL: message(
    503,
    '病毒检查暂停，等待检查的文件已满；请稍后再上传，并告诉管理员。',
    'The virus check is down and too much waits for it already; upload later, and tell the administrator.',
  ),
} as const satisfies Partial<Record<ExchangeErrorCode, Message>>
