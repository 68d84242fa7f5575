/** What the composing page says beside its form: other drafts, and that somebody saved meanwhile. Pure. */
import type { ScratchDraft } from '../../../../exchange/index.ts'
import { html, type Html } from '../../../html.ts'
import type { View } from '../../../view.ts'
import { filled } from './fields.ts'

/** Drafts of the unit that were not handed on. */
export function draftList(view: View, drafts: readonly ScratchDraft[]): Html | undefined {
  if (drafts.length === 0) return undefined
  const { w } = view
  return html`<details class="card" ${drafts.length <= 3 && html` open`}>
    <summary>
      ${w(`还没有送签的稿件 ${String(drafts.length)} 份`, `${String(drafts.length)} not handed on yet`)}
    </summary>
    <ul class="line plain">
      ${drafts.map(
        (draft) =>
          html`<li data-row class="prose">
            <i class="k"></i><a href="/compose/${draft.id}">${titleOf(view, draft)}</a
            ><span class="m"
              ><time>${view.time(draft.at)}</time>
              <form class="plain" method="post" action="/compose/${draft.id}/discard">
                <button
                  class="btn quiet"
                  data-confirm="${w('丢弃这份稿件？', 'Throw this draft away?')}"
                >
                  ${w('丢弃', 'Discard')}
                </button>
              </form></span
            >
          </li>`,
      )}
    </ul>
  </details>`
}

function titleOf({ w }: View, { form }: ScratchDraft): string {
  const title = filled(form).text('title').trim()
  return title === '' ? w('（没有标题）', '(without a title)') : title
}

/** Somebody of the unit saved while this page was open. */
export function staleNotice({ w }: View, id: string): Html {
  return html`<div class="notice bad" role="alert">
    <b>${w('这份稿件在此期间已被保存为更新的版本', 'This draft was saved by someone meanwhile')}</b>
    <p class="prose">
      ${w('没有覆盖它。', 'It was not overwritten. ')}<a href="/compose/${id}" target="_blank"
        >${w('在新窗口查看较新的版本', 'See the newer one in another window')}</a
      >${w('；您输入的内容都在下面，再按“保存”会另存为一份新稿。', '. What you typed is below; “Save” keeps it as a draft of its own.')}
    </p>
  </div>`
}
