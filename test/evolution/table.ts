/** Each cell: new writers and old readers, then old writers and new readers. */
export const matrix = `
| change | peers | json | msgpack | protobuf | avro | hessian2 |
|---|---|---|---|---|---|---|
| add an optional field | ✓ ✓ | ✓ ✓ | ✓ ✓ | ✓ ✓ | ✗ ✗ | ✓ ✓ |
| add a field with a default | ✓ ✓ | ✓ ✓ | ✓ ✓ | ✓ ✓ | ✗ ✗ | ✓ ✓ |
| add a plain field | ✓ 0 | ✓ 0 | ✓ 0 | ✓ 0 | ✗ ✗ | ✓ 0 |
| add a plain struct field | ✓ ✗ | ✓ ✗ | ✓ ✗ | ✓ ✗ | ✗ ✗ | ✓ ✗ |
| add an optional field before others | ✓ ✓ | ✓ ✓ | ✗ ✗ | 0 ✗ | ‼ ✗ | ✓ ✓ |
| the same, with pinned numbers | ✓ ✓ | ✓ ✓ | ✓ ✓ | ✓ ✓ | ✗ ✗ | ✓ ✓ |
| remove an optional field | ✓ ✓ | ✓ ✓ | ✓ ✓ | ✓ ✓ | ✗ ✗ | ✓ ✓ |
| remove a field with a default | ✓ ✓ | ✓ ✓ | ✓ ✓ | ✓ ✓ | ✗ ✗ | ✓ ✓ |
| remove a plain field | 0 ✓ | 0 ✓ | 0 ✓ | 0 ✓ | ✗ ✗ | 0 ✓ |
| remove a plain struct field | ✗ ✓ | ✗ ✓ | ✗ ✓ | ✗ ✓ | ✗ ✗ | ✗ ✓ |
| remove an optional field before others | ✓ ✓ | ✓ ✓ | ‼ ‼ | ‼ ‼ | ✗ ✗ | ✓ ✓ |
| the same, with pinned numbers | ✓ ✓ | ✓ ✓ | ‼ ‼ | ✓ ✓ | ✗ ✗ | ✓ ✓ |
| make an optional field transient | ✓ ✓ | ✓ ✓ | ✓ ✓ | ✓ ✓ | ✗ ✗ | ✓ ✓ |
| rename a field | 0 0 | 0 0 | ✓ ✓ | ✓ ✓ | ✓ ✓ | 0 0 |
| reorder fields | ✓ ✓ | ✓ ✓ | ✗ ✗ | ✗ ✗ | ✗ ✗ | ✓ ✓ |
| reorder fields with pinned numbers | ✓ ✓ | ✓ ✓ | ✓ ✓ | ✓ ✓ | ✗ ✗ | ✓ ✓ |
| reorder fields of one type | ✓ ✓ | ✓ ✓ | ‼ ‼ | ‼ ‼ | ‼ ‼ | ✓ ✓ |
| change a pinned number | ✓ ✓ | ✓ ✓ | ✓ ✓ | 0 0 | ✓ ✓ | ✓ ✓ |
| widen int32 → int64 | ✗ ✓ | ◐ ✓ | ◐ ✓ | ‼ ✓ | ◐ ✓ | ◐ ✓ |
| widen int32 → int53 | ✗ ✓ | ◐ ✓ | ◐ ✓ | ‼ ✓ | ◐ ✓ | ◐ ✓ |
| widen float32 → float64 | ✗ ✓ | ‼ ✓ | ‼ ✓ | ✗ ✗ | ✗ ✗ | ‼ ✓ |
| widen int32 → float64 | ✗ ✓ | ◐ ✓ | ✗ ✓ | ✗ ✗ | ✗ ✗ | ◐ ✓ |
| int53 → int64 | ◐ ✓ | ◐ ✓ | ◐ ✓ | ◐ ✓ | ◐ ✓ | ◐ ✓ |
| narrow int64 → int32 | ✓ ✗ | ✓ ◐ | ✓ ◐ | ✓ ‼ | ✓ ◐ | ✓ ◐ |
| string → int32 | ✗ ✗ | ✗ ◐ | ✗ ✗ | ✗ ✗ | ✗ ✗ | ✗ ✗ |
| string → bytes | ✗ ✗ | ‼ ‼ | ✗ ✗ | ‼ ‼ | ‼ ‼ | ✗ ✗ |
| wrap in a list | ✗ ✗ | ✗ ✗ | ✗ ✗ | ✗ ✓ | ✗ ✗ | ✗ ✗ |
| optional → plain | ✓ 0 | ✓ 0 | ✓ ◐ | 0 0 | 0 0 | ✓ 0 |
| plain → optional | 0 ✓ | 0 ✓ | ◐ ✓ | 0 0 | 0 0 | 0 ✓ |
| optional → plain, a struct | ✓ ◐ | ✓ ◐ | ✓ ◐ | ✓ ◐ | ✗ ‼ | ✓ ◐ |
| plain → default | ✓ ✓ | ✓ ✓ | ✓ ✓ | ✓ ‼ | ✓ ✓ | ✓ ✓ |
| default → plain | ✓ ✓ | ✓ ✓ | ✓ ✓ | ‼ ✓ | ✓ ✓ | ✓ ✓ |
| change a default | ✓ ✓ | ✓ ✓ | ✓ ✓ | ✓ ✓ | ✓ ✓ | ✓ ✓ |
| add an enum member | ◐ ✓ | ◐ ✓ | ◐ ✓ | ◐ ✓ | ◐ ✓ | ◐ ✓ |
| add an enum member before others | ◐ ✓ | ◐ ✓ | ‼ ‼ | ‼ ‼ | ‼ ‼ | ◐ ✓ |
| remove an enum member | ✓ ◐ | ✓ ◐ | ✓ ◐ | ✓ ◐ | ✓ ◐ | ✓ ◐ |
| reorder enum members | ✓ ✓ | ✓ ✓ | ‼ ‼ | ‼ ‼ | ‼ ‼ | ✓ ✓ |
| rename an enum member | ◐ ◐ | ◐ ◐ | ✓ ✓ | ✓ ✓ | ✓ ✓ | ◐ ◐ |
| change an enum's numbers | ✓ ✓ | ✓ ✓ | ✓ ✓ | ◐ ◐ | ✓ ✓ | ✓ ✓ |
| add a union case | ◐ ✓ | ◐ ✓ | ◐ ✓ | ◐ ✓ | ◐ ✓ | ◐ ✓ |
| remove a union case | ✓ ◐ | ✓ ◐ | ✓ ◐ | ✓ ◐ | ✓ ◐ | ✓ ◐ |
| reorder union cases | ✓ ✓ | ✓ ✓ | ✗ ✗ | ✗ ✗ | ‼ ‼ | ✓ ✓ |
| rename a struct | ✓ ✓ | ✓ ✓ | ✓ ✓ | ✓ ✓ | ✓ ✓ | ✓ ✓ |
| change a struct's version id | ✗ ✗ | ✓ ✓ | ✓ ✓ | ✓ ✓ | ✓ ✓ | ✓ ✓ |
| change t.encoded for protobuf | ✓ ✓ | ✓ ✓ | ✓ ✓ | ‼ ‼ | ✓ ✓ | ✓ ✓ |
`;
