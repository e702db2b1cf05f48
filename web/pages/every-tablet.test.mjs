import { everyPage } from './lib/every.mjs'

everyPage('tablet')
