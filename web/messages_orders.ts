/** The errors of orders of two officers, as a person meets them: the part of `messages.ts` over their codes. */
import type { ExchangeErrorCode } from '../exchange/index.ts'
import { message, type Message } from './message.ts'

export const orderMessages = {
  ORDER_UNKNOWN: message(404, '没有这道令。', 'There is no such order.'),
  ORDER_DECIDED: message(
    409,
    '这道令已经执行或撤回。',
    'The order was carried out or withdrawn before.',
  ),
  ORDER_EXPIRED: message(
    409,
    '这道令已过期，须重新提出。',
    'The order has run out; it must be proposed anew.',
  ),
  ORDER_SAME_OFFICER: message(
    403,
    '不能会签自己提出的令，须由另一名安全员会签。',
    'Nobody countersigns their own order; it takes another security officer.',
  ),
  ORDER_NOT_YOURS: message(
    403,
    '只有提出人可以撤回这道令。',
    'Only the officer who proposed the order withdraws it.',
  ),
  ORDER_PROPOSER_GONE: message(
    409,
    '提出人的签名证书已失效，或者不再是安全员，这道令作废。',
    'The proposer’s signing certificate is no longer live, or they are no officer any more; the order is void.',
  ),
  ORDER_KEY_IN_USE: message(
    409,
    '这把密钥正在使用。请先下令更换，再吊销或者声明它已泄露。',
    'This key is in use. Order it rolled over first, then revoke it or state that it is compromised.',
  ),
  ORDER_TOO_MANY: message(
    409,
    '您提出的令已有 20 道待会签，不能再提。请先撤回不需要的，或者等待会签。',
    'You have 20 open orders, which is as many as one officer may have. Withdraw what is not needed, or wait for the second signatures.',
  ),
  ORDER_CLOCK_MOVED: message(
    409,
    '提出之后，机器的时钟又被调过，或本机重新启动过。请重新对表，重新提出。',
    'The clock of the machine was set, or the box started again, since this was proposed. Compare the time and propose anew.',
  ),
  ORDER_NOTHING_RESTORED: message(
    409,
    '本机没有等待确认的恢复，或者恢复的不是这份备份。',
    'No restored backup waits to be confirmed here, or it is another one.',
  ),
  ORDER_ACT_MISSING: message(
    422,
    '本机不能执行这种令。',
    'This box cannot carry out such an order.',
  ),
} as const satisfies Record<Extract<ExchangeErrorCode, `ORDER_${string}`>, Message>
