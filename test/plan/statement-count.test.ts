import { assertInputObjectType } from 'graphql';
import { modelOf, openDatabases, Planning, type Databases } from './planning.js';

/**
 * Relations of every shape, within a source and between two: however many rows there are, an operation is one statement
 * for each root field, and one more for each relation that leaves the source.
 */
const rows = 40;
const people = `
  create table team (region text, number int, name text, primary key (region, number));
  create table person (person_id int primary key, region text, number int, boss_id int references person, foreign key (region, number) references team);
  create table skill (skill_id int primary key, name text not null);
  create table person_skill (person_id int references person, skill_id int references skill, primary key (person_id, skill_id));
  insert into team select 'r' || n % 4, n, 'Team ' || n from generate_series(1, ${rows}) as n;
  insert into person select n, 'r' || n % 4, n, nullif(n / 2, 0) from generate_series(1, ${rows}) as n;
  insert into skill select n, 'Skill ' || n from generate_series(1, ${rows}) as n;
  insert into person_skill select n, 1 + (n * k) % ${rows} from generate_series(1, ${rows}) as n, generate_series(1, 3) as k on conflict do nothing;
`;
const work = `
  create table task (task_id int primary key, person_id int not null, region text not null, number int not null);
  insert into task select n, 1 + n % ${rows}, 'r' || (1 + n % ${rows}) % 4, 1 + n % ${rows} from generate_series(1, ${rows * 3}) as n;
`;
const table = (source: string, name: string, key: string) =>
  `@table(source: ${source}, schema: "public", name: "${name}", key: [${key}]) @rows(shared: true)`;
const sdl = `
  type Team ${table('people', 'team', '"region", "number"')} {
    region: String! @open
    number: Int! @open
    name: String @open
    people: [Person!]! @relation(from: ["region", "number"], to: ["region", "number"]) @open
    tasks: [Task!]! @relation(from: ["region", "number"], to: ["region", "number"]) @open
  }
  type Person ${table('people', 'person', '"person_id"')} {
    personId: ID! @open
    team: Team @relation(from: ["region", "number"], to: ["region", "number"]) @open
    boss: Person @relation(from: ["boss_id"], to: ["person_id"]) @open
    reports: [Person!]! @relation(from: ["person_id"], to: ["boss_id"], list: true) @open
    skills: [PersonSkill!]! @relation(from: ["person_id"], to: ["person_id"]) @open
    knows: [Skill!]! @relation(from: ["person_id"], to: ["skill_id"], through: { name: "person_skill", from: ["person_id"], to: ["skill_id"] }) @open
    tasks: [Task!]! @relation(from: ["person_id"], to: ["person_id"]) @open
  }
  type Skill ${table('people', 'skill', '"skill_id"')} {
    skillId: ID! @open
    name: String! @open
    people: [PersonSkill!]! @relation(from: ["skill_id"], to: ["skill_id"]) @open
    knownBy: [Person!]! @relation(from: ["skill_id"], to: ["person_id"], through: { name: "person_skill", from: ["skill_id"], to: ["person_id"] }, list: true) @open
  }
  type PersonSkill ${table('people', 'person_skill', '"person_id", "skill_id"')} {
    personId: Int! @open
    skillId: Int! @open
    person: Person @relation(from: ["person_id"], to: ["person_id"]) @open
    skill: Skill @relation(from: ["skill_id"], to: ["skill_id"]) @open
  }
  type Task ${table('work', 'task', '"task_id"')} {
    taskId: ID! @open
    person: Person @relation(from: ["person_id"], to: ["person_id"]) @open
    team: Team @relation(from: ["region", "number"], to: ["region", "number"]) @open
  }
`;
const policy = 'classes: { none: { title: None } }\nroles: { reader: { rows: all, clear: [none] } }\n';

let databases: Databases;
let planning: Planning;
beforeAll(async () => {
  databases = await openDatabases({ people, work });
  planning = new Planning(modelOf(databases.catalogs, policy, sdl));
});
afterAll(() => databases.dispose());

test.each([
  ['to one', '{ personSkills(first: 40) { nodes { skill { name } } } }', 1, 0],
  ['to many', '{ people(first: 40) { nodes { skills { totalCount nodes { skillId } } } } }', 1, 0],
  [
    'to its own type, both ways',
    '{ people(first: 40) { nodes { boss { personId boss { personId } } reports { personId } } } }',
    1,
    0,
  ],
  [
    'to many through a table of pairs',
    '{ people(first: 40) { nodes { skills { nodes { skill { name people { nodes { person { personId } } } } } } } } }',
    1,
    0,
  ],
  ['by two columns', '{ teams(first: 40) { nodes { name people { nodes { team { name } } } } } }', 1, 0],
  ['to one of another source', '{ tasks(first: 40) { nodes { person { personId } } } }', 1, 1],
  [
    'to many of another source',
    '{ people(first: 40) { nodes { tasks { totalCount nodes { taskId } } } } }',
    1,
    1,
  ],
  [
    'by two columns to another source, both ways',
    '{ teams(first: 40) { nodes { tasks(first: 2) { nodes { team { name } } } } } }',
    2,
    1,
  ],
  [
    'out, back and out again',
    '{ people(first: 40) { nodes { tasks(first: 2) { nodes { person { tasks(first: 2) { nodes { taskId } } } } } } } }',
    2,
    2,
  ],
  [
    'to two places of another source',
    '{ people(first: 20) { nodes { tasks { totalCount } team { tasks { totalCount } } } } }',
    1,
    2,
  ],
  [
    'many to many as if no table stood between, there and back',
    '{ people(first: 40) { nodes { knows { totalCount aggregate { max { name } } nodes { name knownBy(first: 3) { personId } } } } } }',
    1,
    0,
  ],
  [
    'of every shape, out and back twice',
    `{ people(first: 40, where: { knows: { some: { knownBy: { none: { personId: { eq: "1" } } } } } }) { nodes {
      boss { personId knows(first: 2) { nodes { name } } } reports { personId } team { name }
      knows(first: 2) { nodes { knownBy(first: 2) { personId team { name tasks(first: 1) { totalCount } }
        tasks(first: 1) { nodes { team { name people(first: 2) { nodes { boss { personId } knows(first: 1) { nodes { skillId } }
          tasks(first: 1) { nodes { taskId } } } } } } } } } } } } }`,
    2,
    3,
  ],
  [
    'through filters and orders',
    '{ people(first: 40, where: { skills: { some: { skill: { name: { endsWith: "1" } } } } }, orderBy: [{ team: { name: DESC } }]) { nodes { tasks(where: { taskId: { gt: "3" } }, last: 2) { nodes { taskId } } } } }',
    1,
    1,
  ],
])('%s', async (_shape, operation, ofPeople, ofWork) => {
  const asked = { caller: { roles: ['reader'] }, operation };
  for (const source of databases.sources.values()) source.ran.length = 0;
  const answer = await planning.run(asked, databases.sources);
  const sent = [...databases.sources.values()].map(({ ran }) => ran.length);
  expect(JSON.stringify(answer).length).toBeGreaterThan(400);
  expect(sent).toEqual([ofPeople, ofWork]);
});

test('and a filter does not leave its source', () => {
  const { schema } = planning.view(['reader']);
  const names = Object.keys(assertInputObjectType(schema.getType('PersonWhere')).getFields());
  expect(names).toContain('team');
  expect(names).not.toContain('tasks');
});
