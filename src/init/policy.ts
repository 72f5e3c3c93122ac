import type { SuggestedClass } from './judgement.js';

const titles: Readonly<Record<SuggestedClass, string>> = {
  relationship: 'Who our customers are, and how they stand with us',
  contact: 'People, and how to reach them',
  pricing: 'Prices, discounts, amounts and terms',
  supply: 'Who supplies and carries for us',
  identity: 'Personal files, accounts and credentials',
};

const order: readonly SuggestedClass[] = ['relationship', 'contact', 'pricing', 'supply', 'identity'];

/** A policy to begin from, with the classes that the schema uses. It parses, and gives nobody more than the roles say. */
export function policyText(used: ReadonlySet<SuggestedClass>): string {
  const classes = order.filter((name) => used.has(name));
  const all = `[${classes.join(', ')}]`;
  const outside = classes.filter((name) => name !== 'identity');
  return `# Who may see what. Written by cordon init as a beginning: to be read, corrected and owned by those whose data it is.
# \`cordon check\` holds it against the schema and the databases, \`cordon explain\` prints what it comes to.

classes:${classes.length === 0 ? ' {}' : ''}
${classes.map((name) => `  ${name}:\n    title: ${titles[name]}\n    # conditions: { agreement: nda, training: trade-secrets, purpose: true, mfa_within: 15m }\n    otherwise: mask\n`).join('')}
roles:
  # Sees everything in clear. For few people, and better cut down: name the classes that the work needs, set conditions.
  owner:
    rows: all
    clear: ${all}

  # Works with every record and recognises what is secret by its mask.
  reader:
    rows: all
    mask: [${outside.join(', ')}]
    deny: [${classes.includes('identity') ? 'identity' : ''}]

  # Sees who was given what, and no customer data.
  auditor:
    rows: none
    control: [audit]

  # A partner would see only rows of its own, and only the classes named here; others are not in its schema. It needs
  # @rows(by: account, column: "…") on the types that it may see.
  # partner:
  #   rows: { account: $claims.accounts }
  #   clear: [${classes[0] ?? ''}]
`;
}
