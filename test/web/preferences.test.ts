/** Language and look: what is chosen wins, then the browser's languages, then Chinese. */
import test from 'ava'
import { preferenceCookies, preferencesOf } from '../../web/preferences.ts'

const asked: readonly (readonly [string, string])[] = [
  ['', 'zh'],
  ['en', 'en'],
  ['en-GB,en;q=0.9', 'en'],
  ['zh-CN,zh;q=0.9,en;q=0.8', 'zh'],
  ['en;q=0.2, zh-TW;q=0.7', 'zh'],
  ['fr-FR,fr;q=0.9,en;q=0.5', 'en'],
  ['fr', 'zh'],
  ['en;q=0', 'zh'],
  ['x'.repeat(5000), 'zh'],
]
for (const [header, language] of asked) {
  test(`Accept-Language ${header.slice(0, 30)} gives ${language}`, (t) => {
    t.is(preferencesOf({ 'accept-language': header }).language, language as 'zh' | 'en')
  })
}

test('what was chosen in the browser wins, and forged values are none', (t) => {
  const [first, second] = preferenceCookies({ language: 'en', theme: 'dark' })
  const cookie = [first, second].map((one) => one?.split(';')[0]).join('; ')
  t.deepEqual(preferencesOf({ cookie, 'accept-language': 'zh' }), { language: 'en', theme: 'dark' })
  t.deepEqual(preferencesOf({ cookie: 'language="><script>; theme=pink' }), {
    language: 'zh',
    theme: 'auto',
  })
})
