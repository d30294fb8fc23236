//! Every finding code with its severity and English. One entry a code, sorted by area; `{name}` in a text is a
//! parameter. Each code has a page in `docs/findings/` and at least one bad case.

use crate::Severity::{self, Error, Info, Warning};
use std::collections::BTreeMap;

/// One code of the catalogue.
#[derive(Debug, PartialEq)]
pub struct CodeInfo {
    /// `area/words-with-dashes`.
    pub code: &'static str,
    /// How bad.
    pub severity: Severity,
    /// One sentence, lower case start, no full stop, user text in backticks.
    pub message: &'static str,
    /// What to do next.
    pub help: &'static str,
}

macro_rules! catalogue {
    ($( $name:ident = $code:literal $severity:ident $message:literal help $help:literal; )*) => {
        $(
            #[doc = $message]
            pub const $name: &CodeInfo = &CodeInfo { code: $code, severity: $severity, message: $message, help: $help };
        )*
        /// All codes, in the catalogue's order.
        pub const ALL: &[&CodeInfo] = &[ $( $name ),* ];
    };
}

catalogue! {
    DIAGRAM_POSITION_OF_NOTHING = "diagram/position-of-nothing" Info "the diagram `{diagram}` places `{id}`, which is no entity" help "remove the position; undo brings the entity back where it stood";
    DOCUMENT_FORMAT_NEWER = "document/format-newer" Error "this document has format {format}, this program knows up to {known}" help "open it with a newer Maquette";
    DOCUMENT_KIND_UNKNOWN = "document/kind-unknown" Error "`{kind}` is not a kind of document" help "use entity, role or diagram";
    DOCUMENT_NOT_JSON = "document/not-json" Error "this text is not JSON: {error}" help "correct the text at the place shown";
    DOCUMENT_SHAPE_WRONG = "document/shape-wrong" Error "this document cannot be read: {error}" help "compare it with the published JSON Schema of its kind";
    ENTITY_CLASS_UNKNOWN = "entity/class-unknown" Error "`{class}` is not a class of entity" help "{hint}use `master`, `reference`, `document` or `log`";
    ENTITY_DERIVED_IDENTITY_NOT_UUID = "entity/derived-identity-not-uuid" Error "the identity of `{name}` is derived from columns, so it cannot be `{type}`" help "make the identity `uuid`, or take `derivedFrom` away";
    ENTITY_IDENTITY_UNKNOWN = "entity/identity-unknown" Error "`{type}` is not a type of identity" help "{hint}use `uuid`, `integer` or `text`";
    ENTITY_LIFECYCLE_NOT_YET = "entity/lifecycle-not-yet" Warning "`{name}` has a lifecycle, which nothing runs yet" help "take the lifecycle away until workflows come; with one the entity cannot be frozen";
    ENTITY_NAME_DIFFERS_IN_CASE = "entity/name-differs-in-case" Warning "`{name}` and `{other}` differ only in upper and lower case" help "give one of them a name that people can tell apart";
    ENTITY_NAME_INVALID = "entity/name-invalid" Error "`{name}` is not a valid entity name" help "start with a letter, use letters and digits only, at most 48";
    ENTITY_NAME_RESERVED = "entity/name-reserved" Info "the table `{table}` of `{name}` is a reserved word of SQL" help "nothing must be done: it is always quoted here; queries written by hand must quote it too";
    ENTITY_NAME_TAKEN = "entity/name-taken" Error "another entity is already called `{name}`" help "rename one of them; references go to the first";
    ENTITY_NO_FIELDS = "entity/no-fields" Error "`{name}` has no fields" help "add a field; without one a record is only its id";
    ENTITY_SOURCE_NAME_NOT_KEPT = "entity/source-name-not-kept" Info "the table of `{name}` cannot keep its source name `{source}` and is called `{table}`" help "nothing must be done; queries written by hand use the new name";
    ENTITY_TEXT_TOO_LONG = "entity/text-too-long" Error "the {what} of `{name}` has {length} characters, at most {limit} are kept" help "shorten the {what}";
    ENTITY_TOO_MANY_FIELDS = "entity/too-many-fields" Error "`{name}` has {count} fields, at most {limit} are compiled" help "split the entity into several that refer to each other";
    EXPRESSION_ATTRIBUTE_TYPE_UNKNOWN = "expression/attribute-type-unknown" Error "nothing says what type `{name}` has" help "compare it with a field, or write `string({name})`, `int({name})` or the like around it";
    EXPRESSION_CALL_DOES_NOT_FIT = "expression/call-does-not-fit" Error "`{name}` does not take {found}" help "{hint}write it as {usage}";
    EXPRESSION_ENUM_VALUE_UNKNOWN = "expression/enum-value-unknown" Error "`{value}` is not a value of `{field}`" help "{hint}use one of {known}";
    EXPRESSION_FUNCTION_UNKNOWN = "expression/function-unknown" Error "`{name}` is not a function" help "{hint}see the list of functions in the page of this finding";
    EXPRESSION_LITERAL_WRONG = "expression/literal-wrong" Error "`{text}` cannot be read as {type}" help "write it like {example}";
    EXPRESSION_MACRO_WRONG = "expression/macro-wrong" Error "`{name}` cannot be written like this: {problem}" help "write it as `{usage}`";
    EXPRESSION_MAY_BE_MISSING = "expression/may-be-missing" Warning "`{field}` may be missing, and reading it is an error then" help "ask with `has({field})` first";
    EXPRESSION_MAY_BE_NULL = "expression/may-be-null" Warning "`{field}` may be null, and {operation} is an error then" help "ask with `{field} != null` first";
    EXPRESSION_MISSING_IS_NOT_NULL = "expression/missing-is-not-null" Error "`{field}` is missing when it is empty, never null" help "ask with `has({field})`";
    EXPRESSION_NAME_UNKNOWN = "expression/name-unknown" Error "`{name}` is not known here" help "{hint}speak of {known}";
    EXPRESSION_NEVER_NULL = "expression/never-null" Warning "`{field}` is never null" help "take the comparison away, or make the field optional";
    EXPRESSION_NOT_A_CONDITION = "expression/not-a-condition" Error "a condition is true or false, this is {found}" help "{hint}compare it with something";
    EXPRESSION_NOT_IN_MODEL = "expression/not-in-model" Error "{what} has no place in a condition" help "{hint}see what conditions can say in the page of this finding";
    EXPRESSION_NOT_LOWERABLE = "expression/not-lowerable" Error "{what} cannot be asked of a database as it is decided here" help "say it with comparisons, `in`, `has`, `startsWith`, `endsWith`, `contains`, `size`, `exists` and `all`";
    EXPRESSION_ONLY_PRESENCE = "expression/only-presence" Error "`{field}` is of type {type} and can only be asked for being there" help "use `has({field})`, or keep what is asked about in a field of its own";
    EXPRESSION_OPERANDS_DO_NOT_FIT = "expression/operands-do-not-fit" Error "`{operator}` does not go with {found}" help "{hint}make both sides of one type";
    EXPRESSION_PATTERN_NOT_LITERAL = "expression/pattern-not-literal" Error "a pattern must be written out, so that it can be checked" help "write it as a text, as in `record.code.matches('^[A-Z]+$')`";
    EXPRESSION_PATTERN_WRONG = "expression/pattern-wrong" Error "the pattern is not a regular expression: {error}" help "correct it; back-references and look-around do not exist";
    EXPRESSION_RECORD_AS_VALUE = "expression/record-as-value" Error "`{name}` is {found}, not a value" help "{hint}";
    EXPRESSION_SELECTION_DOES_NOT_FIT = "expression/selection-does-not-fit" Error "`{operand}` is {type}, which has no `{name}`" help "take `{name}` away, or ask a record for it";
    EXPRESSION_SYNTAX = "expression/syntax" Error "the expression cannot be read: {problem}" help "mend it at the place shown";
    EXPRESSION_TOO_DEEP = "expression/too-deep" Error "the expression nests deeper than {limit} levels" help "split it into several conditions, or take brackets away";
    EXPRESSION_TOO_LONG = "expression/too-long" Error "the expression has {length} bytes, at most {limit} are read" help "split it into several conditions, or compare with a list of a field";
    EXPRESSION_TOO_MANY_HOPS = "expression/too-many-hops" Error "`{path}` walks {count} references, at most {limit} can be walked" help "keep what is asked about nearer to the record";
    EXPRESSION_TOO_MANY_PARTS = "expression/too-many-parts" Error "the expression has more than {limit} parts" help "split it into several conditions";
    EXPRESSION_TYPE_MISMATCH = "expression/type-mismatch" Error "{expected} is expected here, this is {found}" help "{hint}change one of the two";
    FIELD_ABSENT_UNKNOWN = "field/absent-unknown" Error "`{absent}` does not say how an empty column reads" help "{hint}use `null` or `missing`";
    FIELD_ABSENT_WITHOUT_EFFECT = "field/absent-without-effect" Warning "`{field}` is required, so how its empty column reads has no effect" help "take `absent` away, or make the field optional";
    FIELD_CLASSIFICATION_UNKNOWN = "field/classification-unknown" Error "`{classification}` is not a classification" help "{hint}use `public`, `internal`, `personal` or `secret`";
    FIELD_DECIMAL_WITHOUT_PRECISION = "field/decimal-without-precision" Warning "`{field}` is a decimal without a precision; {precision} digits with {scale} after the point are taken" help "set `precision` and `scale`";
    FIELD_DEFAULT_BREAKS_PATTERN = "field/default-breaks-pattern" Error "the default `{value}` of `{field}` does not match `{pattern}`" help "change the default or the pattern";
    FIELD_DEFAULT_NOT_IN_ENUM = "field/default-not-in-enum" Error "the default `{value}` is not a value of `{field}`" help "{hint}use one of the enum's values";
    FIELD_DEFAULT_ON_UNIQUE = "field/default-on-unique" Warning "`{field}` is unique and has a default, so only one record can leave it out" help "take the default away, or the unique";
    FIELD_DEFAULT_OUT_OF_RANGE = "field/default-out-of-range" Error "the default `{value}` of `{field}` must be {limit}" help "change the default or the limit";
    FIELD_DEFAULT_TOO_PRECISE = "field/default-too-precise" Error "the default `{value}` of `{field}` does not fit {precision} digits with {scale} after the point" help "round the default, or widen the field";
    FIELD_DEFAULT_WRONG_TYPE = "field/default-wrong-type" Error "the default of `{field}` must be {expected}, found `{value}`" help "write the default as {expected}";
    FIELD_ENUM_VALUE_EMPTY = "field/enum-value-empty" Error "`{field}` has an empty enum value" help "take it away; an optional field is left empty without one";
    FIELD_ENUM_VALUE_REPEATED = "field/enum-value-repeated" Error "`{field}` lists `{value}` more than once" help "keep it once";
    FIELD_ENUM_WITHOUT_VALUES = "field/enum-without-values" Error "the enum `{field}` has no values" help "list its values in `enumValues`";
    FIELD_FORMAT_UNKNOWN = "field/format-unknown" Error "`{format}` is not a known format" help "{hint}use email, url, phone, uuid, slug, hostname, ipv4 or ipv6";
    FIELD_INVERSE_INVALID = "field/inverse-invalid" Error "`{inverse}` cannot be the name of the list of records that `{field}` makes" help "use letters and digits, a letter first, at most 48";
    FIELD_INVERSE_TAKEN = "field/inverse-taken" Error "`{target}` has a field or list `{inverse}` already" help "give `{field}` another `inverse`";
    FIELD_LENGTH_RANGE_EMPTY = "field/length-range-empty" Error "no text fits `{field}`: at least {min} and at most {max} long" help "make `minLength` at most `maxLength`";
    FIELD_NAME_DIFFERS_IN_CASE = "field/name-differs-in-case" Warning "`{name}` and `{other}` differ only in upper and lower case" help "give one of them a name that people can tell apart";
    FIELD_NAME_INVALID = "field/name-invalid" Error "`{name}` is not a valid field name" help "start with a letter, use letters and digits only, at most 48";
    FIELD_NAME_IS_SYSTEM = "field/name-is-system" Error "`{name}` is kept by the system on every record and cannot be a field" help "give the field another name";
    FIELD_NAME_RESERVED = "field/name-reserved" Info "the column `{column}` of `{name}` is a reserved word of SQL" help "nothing must be done: it is always quoted here; queries written by hand must quote it too";
    FIELD_NAME_TAKEN = "field/name-taken" Error "`{entity}` already has a field `{name}`" help "rename one of them; keys and indexes go to the first";
    FIELD_ON_DELETE_UNKNOWN = "field/on-delete-unknown" Error "`{onDelete}` does not say what deleting the target does" help "{hint}use `restrict`, `cascade` or `setNull`";
    FIELD_OPTION_DOES_NOT_FIT = "field/option-does-not-fit" Error "`{option}` does not go with `{type}`" help "take `{option}` away from `{field}`, or change its type";
    FIELD_PATTERN_INVALID = "field/pattern-invalid" Error "the pattern of `{field}` is not a regular expression: {error}" help "correct the pattern at the place shown; back-references and look-around do not exist";
    FIELD_PATTERN_TOO_LARGE = "field/pattern-too-large" Error "the pattern of `{field}` is too large to run on every record" help "shorten it, or make its repetitions smaller";
    FIELD_PRECISION_OUT_OF_RANGE = "field/precision-out-of-range" Error "the precision {precision} of `{field}` is not from 1 to 28" help "use 1 to 28 digits";
    FIELD_RANGE_BOUND_WRONG_TYPE = "field/range-bound-wrong-type" Error "`{bound}` of `{field}` must be {expected}, found `{value}`" help "write `{bound}` as {expected}";
    FIELD_REFERENCE_TARGET_UNKNOWN = "field/reference-target-unknown" Error "`{field}` refers to `{target}`, which is no entity" help "{hint}add the entity, or refer to another";
    FIELD_REFERENCE_WITHOUT_TARGET = "field/reference-without-target" Error "the reference `{field}` does not say which entity it points to" help "{hint}set `referenceTo` to an entity";
    FIELD_SCALE_EXCEEDS_PRECISION = "field/scale-exceeds-precision" Error "`{field}` has {scale} digits after the point but only {precision} in all" help "make `scale` at most `precision`";
    FIELD_SET_NULL_ON_REQUIRED = "field/set-null-on-required" Error "`{field}` is required, so deleting its target cannot empty it" help "use `restrict` or `cascade`, or make the field optional";
    FIELD_SOURCE_NAME_NOT_KEPT = "field/source-name-not-kept" Info "the column of `{name}` cannot keep its source name `{source}` and is called `{column}`" help "nothing must be done; queries written by hand use the new name";
    FIELD_TEXT_TOO_LONG = "field/text-too-long" Error "the {what} of `{name}` has {length} characters, at most {limit} are kept" help "shorten the {what}";
    FIELD_TYPE_NOT_YET = "field/type-not-yet" Error "`{type}` comes with a later version and cannot be used yet" help "use `bytes`, or a `string` that holds where the file is";
    FIELD_TYPE_UNKNOWN = "field/type-unknown" Error "`{type}` is not a type" help "{hint}see the list of types in the page of this finding";
    FIELD_UNIQUE_ON_TYPE = "field/unique-on-type" Error "`{field}` is of type `{type}`, which cannot be unique" help "take `unique` away, or change the type";
    FIELD_VALUE_RANGE_EMPTY = "field/value-range-empty" Error "no value fits `{field}`: at least `{min}` and at most `{max}`" help "make `min` at most `max`";
    ID_TAKEN = "id/taken" Error "the id `{id}` is used twice" help "give one of them another id in the file; ids say what is what when names change";
    IMPORT_CHECK = "import/check-not-expressible" Warning "the check `{check}` of table `{table}` says more than limits of one field and stays out" help "write it as a rule of the entity when conditions come, or leave it to the application";
    IMPORT_COLLATION = "import/collation-dropped" Info "column `{column}` of table `{table}` is compared by bytes, no longer by {collation}" help "text that differs in case only now differs";
    IMPORT_COMMENT_CUT = "import/comment-cut" Info "a comment in table `{table}` is longer than a description and comes in cut off" help "keep the whole text where it is read";
    IMPORT_DEFAULT = "import/default-not-expressible" Warning "the default `{default}` of column `{column}` of table `{table}` is no plain value and stays out" help "give the field a default of its own, or set it when a record is created";
    IMPORT_EMPTY_ONCE = "import/empty-value-not-unique" Warning "unique `{name}` of table `{table}` counts empty values as equal; here rows in which it is empty do not collide" help "make the fields required, or check it where records are written";
    IMPORT_GENERATED = "import/generated-column" Info "column `{column}` of table `{table}` was computed; its values come in as plain ones" help "computed fields come later; until then whoever writes a record gives the value";
    IMPORT_INDEX = "import/index-not-expressible" Info "index `{name}` of table `{table}` is partial, over an expression or over values that have no order, and stays out" help "add an index over plain fields if lists need one";
    IMPORT_INHERITANCE = "import/inheritance" Info "table `{table}` inherits from {parents}: each comes in with its own rows" help "ask both entities where the source was asked for the parent alone";
    IMPORT_KEY_DERIVED = "import/key-derived" Info "the key ({columns}) of table `{table}` became a unique key; a uuid derived from it is the record's id" help "nothing to do; the same key always gives the same id";
    IMPORT_MIXED_VALUES = "import/mixed-values" Warning "column `{column}` of table `{table}` is declared `{declared}` and holds other values too: its field is of type {type}, so that none is lost" help "correct the values in the source and import again, or keep the wider type";
    IMPORT_NAME_CHANGED = "import/name-changed" Info "column `{column}` of table `{table}` is called `{name}`" help "the original name stays as label and as the column's name; rename it as you like";
    IMPORT_NO_KEY = "import/no-primary-key" Warning "table `{table}` has no primary key: a uuid derived from the row's number is the record's id" help "nothing to do for one import; importing again gives the same ids only while the rows keep their numbers";
    IMPORT_NULL_IN_KEY = "import/null-in-key" Warning "the key ({columns}) of table `{table}` is empty in some rows: a uuid is the record's id" help "fill the key in the source and import again if it should be the id";
    IMPORT_NULL_IN_REQUIRED = "import/null-in-required" Warning "column `{column}` of table `{table}` is NOT NULL and empty in some rows: its field is optional" help "fill the rows, then make the field required";
    IMPORT_OBJECT = "import/object-without-place" Warning "{kind} `{name}` has no place in a model and stays out" help "what it does becomes a rule, a policy or a workflow, or stays with the application";
    IMPORT_ORPHANS = "import/orphans" Warning "column `{column}` of table `{table}` points to `{target}`, and {rows} rows point to nothing: it stays a plain field" help "correct the rows in the source and import again to get a reference";
    IMPORT_PARTITIONED = "import/partitioned-table" Info "table `{table}` is divided ({by}): all of its rows come in as one" help "nothing to do";
    IMPORT_SHADOW_TABLE = "import/shadow-table" Info "table `{table}` is the inside of virtual table `{module}` and stays out" help "nothing to do";
    IMPORT_TABLE_RENAMED = "import/table-renamed" Info "table `{table}` is called `{name}`" help "the original name stays as label and as the table's name; rename it as you like";
    IMPORT_UNREADABLE = "import/table-unreadable" Warning "table `{table}` cannot be read ({reason}) and stays out" help "give the login the right to read all of it, then import that table";
    IMPORT_TARGET_MISSING = "import/target-missing" Warning "column `{column}` of table `{table}` points to `{target}`, which is not imported: it stays a plain field" help "import that table too, or leave it";
    IMPORT_TARGET_NO_KEY = "import/target-without-key" Warning "column `{column}` of table `{table}` points to columns of `{target}` that identify no record: it stays a plain field" help "give the table a key in the source, or add the relation by hand";
    IMPORT_TRIGGER = "import/trigger" Warning "trigger `{name}` of table `{table}` stays out" help "what it does becomes a rule, a computed field or a workflow";
    IMPORT_TYPE_WIDENED = "import/type-widened" Info "column `{column}` of table `{table}` is declared `{declared}` and holds longer or finer values: its field takes them all" help "nothing to do; narrow the field's limits once the values are corrected";
    IMPORT_TYPE_UNKNOWN = "import/type-without-counterpart" Info "column `{column}` of table `{table}` is declared `{declared}`, which has no counterpart: its values made its field of type {type}" help "change the field's type if another one says it better";
    IMPORT_READ_AS = "import/values-read-as" Info "column `{column}` of table `{table}` is declared `{declared}`, {how}" help "nothing to do when this is what the values mean";
    IMPORT_VIEW = "import/view" Info "view `{name}` stays out" help "what it shows is a list with a filter; saved views come later";
    IMPORT_VIRTUAL_TABLE = "import/virtual-table" Warning "table `{table}` is a virtual one of module `{module}` and stays out" help "import the table it indexes";
    INDEX_FIELD_NOT_INDEXABLE = "index/field-not-indexable" Error "the index `{name}` is over `{field}` of type `{type}`, which cannot be indexed" help "take the field out of the index";
    INDEX_FIELD_REPEATED = "index/field-repeated" Error "the index `{name}` lists `{field}` more than once" help "keep it once";
    INDEX_FIELD_UNKNOWN = "index/field-unknown" Error "the index `{name}` is over `{field}`, which is no field of `{entity}`" help "{hint}use a field of the entity";
    INDEX_NAME_TAKEN = "index/name-taken" Error "`{entity}` already has an index `{name}`" help "rename one of them";
    INDEX_NO_FIELDS = "index/no-fields" Error "the index `{name}` has no fields" help "list its fields, or remove it";
    INDEX_REPEATS_ANOTHER = "index/repeats-another" Warning "the index `{name}` has the same fields as `{other}`" help "remove it; it costs time on every write and speeds nothing up";
    INDEX_REPEATS_UNIQUE = "index/repeats-unique" Warning "the index `{name}` has the same fields as the unique key `{other}`, which is an index already" help "remove it; it costs time on every write and speeds nothing up";
    MODEL_TOO_MANY_ENTITIES = "model/too-many-entities" Error "there are {count} entities, at most {limit} can be one model" help "split the model into several workspaces";
    POLICY_ACTION_UNKNOWN = "policy/action-unknown" Error "`{action}` is not an action" help "{hint}use `create`, `read`, `update`, `delete` or `*`";
    POLICY_CLASSIFIED_UNSAID = "policy/classified-unsaid" Warning "the policy `{name}` reads `{field}`, which is {classification}, without saying so" help "list what it reads in `fields`, or mask `{field}`";
    POLICY_COMBINING_UNKNOWN = "policy/combining-unknown" Error "`{combining}` is not a combining algorithm" help "{hint}use one of {known}";
    POLICY_CONDITION_CONSTANT = "policy/condition-constant" Warning "the condition of the policy `{name}` is always {value}" help "take it away, or let it depend on the record, the principal or the time";
    POLICY_EFFECT_UNKNOWN = "policy/effect-unknown" Error "`{effect}` is not an effect" help "{hint}use `allow` or `deny`";
    POLICY_FIELD_UNKNOWN = "policy/field-unknown" Error "the policy `{name}` is about `{field}`, which is no field of `{entity}`" help "{hint}use a field of the entity";
    POLICY_FIELDS_NOT_A_LIST = "policy/fields-not-a-list" Error "`{key}` of the policy `{name}` is `{word}`, which is neither a list nor `*`" help "write a list of field names, or `*` for all";
    POLICY_FIELDS_TAKE_NOTHING = "policy/fields-take-nothing" Error "the policy `{name}` denies fields and names none" help "name the fields it takes away, or take `fields` away to deny the record";
    POLICY_GRANT_OF_DENY = "policy/grant-of-deny" Error "the policy `{name}` is a deny, and only an allow can be lent" help "take `grantedBy` away";
    POLICY_GRANT_WITHOUT_END = "policy/grant-without-end" Warning "the right that the policy `{name}` lends has no end" help "give it `validUntil`";
    POLICY_GRANTOR_EMPTY = "policy/grantor-empty" Error "the policy `{name}` is lent by nobody" help "name the grantor's `userId` and the roles they lend with";
    POLICY_LOG_IS_APPEND_ONLY = "policy/log-is-append-only" Warning "the policy `{name}` allows `{action}`, but records of the log `{entity}` are never changed" help "allow `create` and `read` only";
    POLICY_MASK_DOES_NOT_FIT = "policy/mask-does-not-fit" Error "the mask `{kind}` cannot be on `{field}`: {problem}" help "use `null`, which is on every type, or mend it";
    POLICY_MASK_UNKNOWN = "policy/mask-unknown" Error "`{kind}` is not a kind of mask" help "{hint}use `null`, `fixed`, `partial` or `hash`";
    POLICY_NAME_TAKEN = "policy/name-taken" Error "`{entity}` already has a policy `{name}`" help "rename one of them; decisions name the policy that decided";
    POLICY_NO_ACTIONS = "policy/no-actions" Error "the policy `{name}` is for no action" help "list its actions, or remove it";
    POLICY_NOBODY_CAN_READ = "policy/nobody-can-read" Info "no policy of `{entity}` allows anyone to read" help "add a policy that allows `read`; everything is closed until one does";
    POLICY_OBLIGATION_KIND_UNKNOWN = "policy/obligation-kind-unknown" Info "the policy `{name}` obliges to `{kind}`, which only your own callers can know" help "{hint}let every caller know it; whoever does not must treat an allow as a deny";
    POLICY_OBLIGATION_ON_UNKNOWN = "policy/obligation-on-unknown" Error "`{on}` is not a decision" help "{hint}use `allow` or `deny`";
    POLICY_OBLIGATION_WITHOUT_KIND = "policy/obligation-without-kind" Error "an obligation of the policy `{name}` does not say what is to be done" help "give it a `kind`";
    POLICY_PRINCIPAL_EMPTY = "policy/principal-empty" Error "the policy `{name}` lists an empty user id" help "take it away";
    POLICY_PRIORITY_WITHOUT_EFFECT = "policy/priority-without-effect" Info "the priority of the policy `{name}` has no effect under `{combining}`" help "take it away, or combine by `priority-deny-overrides`";
    POLICY_REDUNDANT = "policy/redundant" Info "the policy `{name}` changes no answer, because `{other}` allows all of it already" help "remove it, unless it is there for people to read";
    POLICY_ROLE_EMPTY = "policy/role-empty" Error "the policy `{name}` lists an empty role" help "take it away; to mean everyone use `*`";
    POLICY_SCOPE_EMPTY = "policy/scope-empty" Error "`{key}` in the scope of the policy `{name}` is empty" help "take it away; the policy then holds in every {key}";
    POLICY_SHADOWED_BY_DENY = "policy/shadowed-by-deny" Warning "the policy `{name}` never applies, because `{other}` denies all of it first" help "remove it, or give it a higher priority";
    POLICY_TOO_MANY = "policy/too-many" Error "`{entity}` has {count} policies, at most {limit} can be decided by" help "say with roles, lists and conditions what many policies say one by one";
    POLICY_TOO_MANY_CONDITIONS = "policy/too-many-conditions" Error "`{entity}` has {count} policies with conditions for `{action}` of one role, at most {limit} fit into one question to a database" help "put conditions of one kind together, or let the records hold what they compare with";
    POLICY_VALIDITY_EMPTY = "policy/validity-empty" Error "the policy `{name}` begins at `{from}` and ends at `{until}`, so it never holds" help "let it end later";
    POLICY_VALIDITY_UNREADABLE = "policy/validity-unreadable" Error "`{instant}` is not an instant" help "write it as `2026-11-21T08:00:00Z`";
    POLICY_WITHOUT_SAY = "policy/without-say" Warning "the policy `{name}` has no say, because `{combining}` does not ask a policy that {effect}" help "remove it, or combine by another algorithm";
    PUBLISH_CHANGE_NEEDS_EVOLUTION = "publish/change-needs-evolution" Error "`{entity}` is published and cannot be changed like this: {change}" help "keep what is published and add beside it: a new optional field, a wider limit, a new entity";
    RECORD_FIELD_IS_SYSTEM = "record/field-is-system" Error "`{field}` is kept by the system and cannot be written" help "leave `{field}` out";
    RECORD_FIELD_UNKNOWN = "record/field-unknown" Error "`{entity}` has no field `{field}`" help "{hint}";
    RECORD_FORMAT = "record/format" Error "`{field}` must be {expected}, found `{value}`" help "write `{field}` as {expected}";
    RECORD_ID_REQUIRED = "record/id-required" Error "a record of `{entity}` needs an `id`" help "give the `id` as text that is not empty";
    RECORD_NOT_OBJECT = "record/not-an-object" Error "a record is an object of fields, not {found}" help "send an object: {\"field\": value}";
    RECORD_NOT_IN_ENUM = "record/not-in-enum" Error "`{value}` is not a value of `{field}`" help "{hint}";
    RECORD_PATTERN = "record/pattern" Error "`{field}` must match `{pattern}`, found `{value}`" help "write `{field}` so that the whole text matches the pattern";
    RECORD_PRECISION = "record/precision" Error "`{field}` has at most {whole} digits before and {scale} after the point, found `{value}`" help "round `{value}` yourself; it is never rounded here";
    RECORD_REQUIRED = "record/required" Error "`{field}` is required" help "give `{field}` a value";
    RECORD_REQUIRED_BY_RULE = "record/required-by-rule" Error "`{field}` is required by the rule `{rule}`" help "give `{field}` a value";
    RECORD_TOO_LARGE = "record/too-large" Error "`{field}` is at most `{limit}`, found `{value}`" help "give `{field}` a value up to `{limit}`";
    RECORD_TOO_LONG = "record/too-long" Error "`{field}` has at most {limit} {unit}, found {length}" help "shorten `{field}` by {excess}";
    RECORD_TOO_SHORT = "record/too-short" Error "`{field}` has at least {limit} {unit}, found {length}" help "lengthen `{field}`";
    RECORD_TOO_SMALL = "record/too-small" Error "`{field}` is at least `{limit}`, found `{value}`" help "give `{field}` a value from `{limit}`";
    RECORD_TYPE_WRONG = "record/type-wrong" Error "`{field}` must be {expected}, found `{value}`" help "write `{field}` as {expected}";
    REFERENCE_CASCADE_CYCLE = "reference/cascade-cycle" Warning "deleting goes round in a circle: {circle}" help "use `restrict` on one of these references, or one delete may empty them all";
    REFERENCE_REQUIRED_CYCLE = "reference/required-cycle" Warning "no first record can be made, because these references are all required: {circle}" help "make one of them optional";
    REFERENCE_REQUIRED_SELF = "reference/required-self" Warning "`{field}` is required and refers to `{entity}` itself, so no first record can be made" help "make the field optional";
    ROLE_ACTION_UNCLEAR = "role/action-unclear" Error "`{action}` in `{permission}` could be {meanings}" help "write the namespace before it";
    ROLE_ACTION_UNKNOWN = "role/action-unknown" Error "`{action}` in `{permission}` is not an operation" help "{hint}use an operation of the catalogue (`read`, `workflow.approve`), a namespace (`workflow.*`) or `*`";
    ROLE_ENTITY_UNKNOWN = "role/entity-unknown" Error "`{permission}` is for `{entity}`, which is no entity" help "{hint}name an entity, a beginning of names (`Sales*`) or `*`";
    ROLE_INHERITS_ITSELF = "role/inherits-itself" Error "the role `{name}` comes back to itself through `{role}`" help "take one of the two out; until then neither inherits the other";
    ROLE_INHERITS_UNKNOWN = "role/inherits-unknown" Error "the role `{name}` inherits `{role}`, which is no role" help "{hint}name a role, or take it out";
    ROLE_NAME_INVALID = "role/name-invalid" Error "`{name}` is not a valid role name" help "start with a letter, use letters, digits and `- _ . : /` only, at most 64";
    ROLE_NAME_TAKEN = "role/name-taken" Error "another role is already called `{name}`" help "rename one of them; the first counts";
    ROLE_NOT_DEFINED = "role/not-defined" Warning "the policy `{policy}` is for the role `{role}`, which is not defined" help "{hint}add the role; who carries it still meets the policy";
    ROLE_PATTERN_COVERS_NOTHING = "role/pattern-covers-nothing" Warning "`{permission}` covers no entity, because no name begins like `{pattern}`" help "correct the beginning, or take the permission out";
    ROLE_PERMISSION_COVERED = "role/permission-covered" Warning "`{permission}` gives nothing that `{other}` does not give" help "take it out";
    ROLE_PERMISSION_INVALID = "role/permission-invalid" Error "`{permission}` cannot be read: {problem}" help "write `action:resource`, as `read:Invoice`, `workflow.*:Sales*` or `*`";
    ROLE_READS_SENSITIVE = "role/reads-sensitive" Warning "`{permission}` lets the role `{name}` read {fields}, which no rule names" help "deny these fields to the role in a policy of the entity, or name them in one that allows it";
    ROLE_TOO_MANY = "role/too-many" Error "there are {count} roles, at most {limit} are compiled" help "say with inheritance and wildcards what many roles say one by one";
    ROLE_TOO_MANY_PERMISSIONS = "role/too-many-permissions" Error "the role `{name}` has {count} permissions, at most {limit} are compiled" help "use wildcards (`read:*`, `*:Invoice`), or split the role";
    RULE_CONDITION_NOT_YET = "rule/condition-not-yet" Warning "the rule `{name}` has a condition, which nothing evaluates yet" help "take the condition away until conditions come; with one the entity cannot be frozen";
    RULE_FIELD_REQUIRED_ALREADY = "rule/field-required-already" Warning "the rule `{name}` requires `{field}`, which is always required" help "take the field out of the rule";
    RULE_FIELD_UNKNOWN = "rule/field-unknown" Error "the rule `{name}` requires `{field}`, which is no field of `{entity}`" help "{hint}use a field of the entity";
    RULE_NAME_TAKEN = "rule/name-taken" Error "`{entity}` already has a rule `{name}`" help "rename one of them; a refused record names the rule";
    RULE_NOTHING_REQUIRED = "rule/nothing-required" Warning "the rule `{name}` requires nothing" help "list fields in `require`, or remove it";
    STORAGE_ATTACHED_NOT_YET = "storage/attached-not-yet" Warning "`{name}` is attached to an existing table, which cannot be published yet" help "use `managed`; an attached entity cannot be frozen yet";
    STORAGE_BINDING_UNKNOWN = "storage/binding-unknown" Error "`{binding}` is not a storage binding" help "use `managed` or `attached`";
    UNIQUE_FIELD_NOT_COMPARABLE = "unique/field-not-comparable" Error "the unique key `{name}` is over `{field}` of type `{type}`, which cannot be unique" help "take the field out of the key";
    UNIQUE_FIELD_REPEATED = "unique/field-repeated" Error "the unique key `{name}` lists `{field}` more than once" help "keep it once";
    UNIQUE_FIELD_UNKNOWN = "unique/field-unknown" Error "the unique key `{name}` is over `{field}`, which is no field of `{entity}`" help "{hint}use a field of the entity";
    UNIQUE_NAME_TAKEN = "unique/name-taken" Error "`{entity}` already has a unique key `{name}`" help "rename one of them; a refused record names the key";
    UNIQUE_NO_FIELDS = "unique/no-fields" Error "the unique key `{name}` has no fields" help "list its fields, or remove it";
    UNIQUE_REPEATS_ANOTHER = "unique/repeats-another" Warning "the unique key `{name}` has the same fields as `{other}`" help "remove it; the other one says the same";
}

/// The entry of `code`, when there is one.
pub fn info(code: &str) -> Option<&'static CodeInfo> {
    ALL.iter().copied().find(|info| info.code == code)
}

/// Puts `params` in the places of `template`; an unknown place stays as it is.
pub fn render(template: &str, params: &BTreeMap<String, String>) -> String {
    let mut out = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let (before, after) = rest.split_at(open);
        out.push_str(before);
        match after.find('}').and_then(|close| Some((close, after.get(1..close)?))) {
            Some((close, name)) => {
                match params.get(name) {
                    Some(value) => out.push_str(value),
                    None => out.push_str(after.get(..=close).unwrap_or_default()),
                }
                rest = after.get(close + 1..).unwrap_or_default();
            }
            None => {
                out.push_str(after);
                rest = "";
            }
        }
    }
    out.push_str(rest);
    out
}
