/** The signer as a file for the unit's stick: the very bytes that the box serves. */
import type { Api } from './api.ts'
import { saveFile } from '../one_file/files.ts'
import type { Words } from '../one_file/language.ts'
import { button } from '../one_file/parts.ts'

/** A button that saves it; `done` is told once the bytes were handed over. */
export function saveSignerButton(api: Api, words: Words, done?: () => void): HTMLButtonElement {
  const save = async (): Promise<void> => {
    pressed.disabled = true
    const got = await api.bytes('/signer.html?download')
    pressed.disabled = false
    if (got.state !== 'done') return
    saveFile('signer.html', 'text/html', new Uint8Array(got.value))
    done?.()
  }
  const pressed: HTMLButtonElement = button(words, () => void save())
  return pressed
}
