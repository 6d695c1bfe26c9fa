import { sleep } from 'use-durable'
import { effect, later } from '../../support/effects.ts'

const job = async (name: string) => {
  effect(`job ${name}`)
  return later(1, name)
}

export const flows = {
  async method(name: string) {
    'use durable'
    return await job(name)
  },
  arrow: async (name: string) => {
    'use durable'
    const value = await job(name)
    return value
  }
}
export const arrow = async (name: string) => {
  'use durable'

  return job(name)
}
export class Flows {
  static async run(name: string) {
    'use durable' // a comment
    const a = await job(name)
    ;[1, 2].forEach((n) => n)
    return a
  }
}
const expression = async function (name: string) { 'use durable'
  return job(name) }

export async function main(): Promise<unknown> {
  'use durable'
  class Local {
    async go(name: string) {
      return await job(name)
    }
  }
  const local = async (name: string) => {
    'an unknown directive'
    await sleep(1)
    return job(name)
  }
  const a = await job('a')
  const b = await flows.method('b')
  ;[a, b].map((s) => s)
  const c = [await flows.arrow('c'), await arrow('d'), await Flows.run('e'), await expression('f')]
  await sleep(1)
  return { a, b, c, g: await new Local().go('g'), h: await Promise.all(['h'].map(local)) }
}
