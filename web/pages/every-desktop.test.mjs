import { everyPage } from './lib/every.mjs'

everyPage('desktop')
