/** Language and look, as one browser shows them. */
import { html, type Html } from '../html.ts'
import { languages, preferenceCookies, themes, type Language, type Theme } from '../preferences.ts'
import { route, type Route } from '../types.ts'
import type { View } from '../view.ts'
import { show } from './frame.ts'

export const preferenceRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/preferences',
    who: 'certified',
    summary: 'Page: language, light or dark, notifications',
    handle: (request) => {
      const { view } = request
      return show(request, { title: view.w('语言与外观', 'Language and look'), main: main(view) })
    },
  }),
  route({
    method: 'POST',
    path: '/preferences',
    who: 'certified',
    summary: 'Keeps the choice in this browser',
    form: 'fields',
    handle: ({ form, view }) => {
      const language = languages.find((one) => one === form.fields.get('language')) ?? view.language
      const theme = themes.find((one) => one === form.fields.get('theme')) ?? view.theme
      const cookies = preferenceCookies({ language, theme })
      return Promise.resolve({ redirect: '/preferences', cookies })
    },
  }),
]

const languageNames: Readonly<Record<Language, string>> = { zh: '中文', en: 'English' }
const themeNames: Readonly<Record<Theme, readonly [string, string]>> = {
  auto: ['随系统', 'As the system'],
  light: ['浅色', 'Light'],
  dark: ['深色', 'Dark'],
}

function main(view: View): Html {
  const { w } = view
  const choice = (name: string, value: string, of: { on: boolean; words: string }): Html =>
    html`<label class="choice"
      ><input type="radio" name="${name}" value="${value}" ${of.on && html` checked`} />
      ${of.words}</label
    >`
  return html`<h1>${w('语言与外观', 'Language and look')}</h1>
    <p class="sub">${w('只影响这个浏览器。', 'For this browser only.')}</p>
    <form method="post" action="/preferences" class="card">
      <fieldset>
        <legend>${w('语言', 'Language')}</legend>
        ${languages.map((one) =>
          choice('language', one, { on: one === view.language, words: languageNames[one] }),
        )}
      </fieldset>
      <fieldset>
        <legend>${w('外观', 'Look')}</legend>
        ${themes.map((one) =>
          choice('theme', one, { on: one === view.theme, words: w(...themeNames[one]) }),
        )}
      </fieldset>
      <button class="btn">${w('保存', 'Save')}</button>
    </form>
    <section class="card">
      <h2>${w('桌面通知', 'Notifications')}</h2>
      <p class="hint">
        ${w('来了新文件或新待办时，即使本页不在眼前也会提醒。通知里不写文件的标题。', 'Tells you of new work while another window is in front. No title of a document stands in it.')}
      </p>
      <p>
        <button class="btn" type="button" data-notify aria-pressed="false">
          ${w('开启桌面通知', 'Turn notifications on')}
        </button>
      </p>
    </section>`
}
