/** Holds a ceremony of init in its own process and ends itself by SIGKILL after the step named. */
import { initIn } from './production.ts'

const [folder = '', step = ''] = process.argv.slice(2)
await initIn(folder, {
  onStep: (done) => {
    if (done === step) process.kill(process.pid, 'SIGKILL')
  },
})
