// The same pages for somebody whose browser asks for Brazilian Portuguese, for English, or for what nobody here speaks.

import assert from 'node:assert/strict';
import { picture } from '../look.mjs';
import { loggedIn, open, story, text, visitor } from '../page.mjs';

const PAGES = ['/', '/reports', '/admin/integrations', '/admin/servers', '/admin/plans', '/admin/users', '/admin/explain'];

await story(async () => {
  for (const [locale, tag, heading] of [['pt-BR', 'pt-BR', 'Entrar'], ['pt-PT', 'pt-BR', 'Entrar'], ['fr-FR', 'en', 'Log in']]) {
    const page = await visitor({ locale });
    await open(page, '/login');
    assert.equal(await page.locator('html').getAttribute('lang'), tag);
    assert.equal(await text(page, 'h1'), heading);
    await page.context().close();
  }
  const [english, portuguese] = [await loggedIn('ana'), await loggedIn('ana', { locale: 'pt-BR' })];
  for (const path of PAGES) {
    await open(english, path);
    await open(portuguese, path);
    const headings = [await text(english, 'h1'), await text(portuguese, 'h1')];
    assert.notEqual(headings[0], headings[1], `${path} is translated`);
    assert.equal(await portuguese.locator('html').getAttribute('lang'), 'pt-BR');
    const untranslated = /\b(Save|Search|Servers|Meetings|Integrations|Plans|Users|Name|Download|Nothing|Why)\b/;
    const labels = await portuguese.locator('main').locator('h1, h2, h3, th, label, button').allInnerTexts();
    assert.deepEqual(labels.filter(label => untranslated.test(label)), [], `${path} has English words left`);
    await picture(portuguese, `portuguese${path.replaceAll('/', '-').replace(/-$/, '-dashboard')}`);
  }
});
