/**
 * The key of the backups, as an officer sees it. Of a trial box it is one file, and who has it and a backup reads every document: so an
 * officer gets it, and not the administrator, who has the backups.
 */
import { actorOf } from '../../api/common.ts'
import type { BackupBoardState } from '../../backups.ts'
import { html, type Content, type Html } from '../../html.ts'
import { route, type Answer, type Request, type Route } from '../../types.ts'
import type { View } from '../../view.ts'
import { factList } from '../elements.ts'
import { show } from '../frame.ts'
import { trustChips } from '../trust/frame.ts'

const there = '/trust/backup-key'

export const backupKeyRoutes: readonly Route[] = [
  route({
    ...{ method: 'GET', path: there, who: 'officer' },
    summary: 'Page: who opens the backups; of a trial box the way to make their key',
    handle: keyPage,
  }),
  route({
    ...{ method: 'POST', path: there, who: 'officer', form: 'fields' },
    summary: 'Of a trial box: makes the key of its backups and hands it out once',
    handle: makeKey,
  }),
]

async function keyPage(request: Request): Promise<Answer> {
  const { view, parts } = request
  const { w, box } = view
  const state = await parts.backups.state()
  const { key, made, drill } = state
  const isUsed = made.length > 0 || drill !== undefined
  return show(request, {
    title: w('备份密钥', 'Key of the backups'),
    main: html`<h1>${w('备份密钥', 'Key of the backups')}</h1>
      <p class="sub">
        ${w('备份加密给这把密钥，本机自己打不开。', 'Backups are encrypted to this key; the box itself cannot open them.')}
      </p>
      ${trustChips(view)} ${key !== null && factList(keyFacts(view, key))}
      ${box.mode === 'production' ? key === null && ofCustodians(view) : !(key !== null && isUsed) && makeForm(view, key !== null)}`,
  })
}

/** Who opens them, and to whom they are encrypted. */
export function keyFacts(
  { w }: View,
  { recipient, shares }: NonNullable<BackupBoardState['key']>,
): readonly (readonly [string, Content])[] {
  return [
    [
      w('谁打得开', 'Who opens them'),
      shares === null
        ? w('密钥文件的持有人', 'who holds the key file')
        : w(
            `${String(shares.of)} 名保管人中的 ${String(shares.needed)} 名`,
            `${String(shares.needed)} of ${String(shares.of)} custodians`,
          ),
    ],
    [w('加密给', 'Encrypted to'), html`<code>${recipient}</code>`],
  ]
}

/** Of a production box without a key. */
export function ofCustodians({ w }: View): Html {
  return html`<div class="notice w">
    <b>${w('先要有备份密钥', 'A key is needed first')}</b>
    ${w('由保管人举行仪式生成，分成几份保管：停机后运行', 'The custodians make it in a ceremony and keep it in shares: stop the box and run')}
    <code>sealbox ceremony backup-key</code>
  </div>`
}

function makeForm({ w }: View, isMadeBefore: boolean): Html {
  return html`<form method="post" action="${there}" class="section">
    <div class="notice w">
      <b
        >${isMadeBefore ? w('还没有备份用过这把密钥', 'No backup was made with this key yet') : w('先要有备份密钥', 'A key is needed first')}</b
      >
      ${isMadeBefore && w('如果文件没有存下来，现在可以另做一把，原来那把作废。', 'If its file did not arrive, make another one now: the earlier one is given up.')}
      ${w('密钥文件只给这一次，请存到本机以外，不要交给系统管理员：有它和一份备份，就读得到全部公文；没有它，备份谁也打不开。正式机的密钥由保管人分份保管。', 'Its file is handed out this once. Keep it away from the box and from the administrators: with it and a backup all documents can be read, without it nobody opens the backups. Of a production box the custodians keep it in shares.')}
    </div>
    <p>
      <button class="btn seal">${w('生成并保存密钥文件', 'Make the key and save its file')}</button>
    </p>
  </form>`
}

async function makeKey(request: Request): Promise<Answer> {
  const { holder, certificate } = actorOf(request)
  const { name, identity } = await request.parts.backups.makeKey({ holder, certificate })
  return { type: 'text/plain; charset=utf-8', bytes: identity, fileName: name }
}
