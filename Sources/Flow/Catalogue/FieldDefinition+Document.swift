import Liquid

extension FieldDefinition {
    /// Fields of one trigger or action, at most.
    package static let limit = 100

    /// Triggers and actions differ in the types and keys that Flow lets their fields have.
    enum Owner {
        case trigger, action
    }

    static func read(of reader: DocumentReader, for owner: Owner, types: SchemaTypes) -> [FieldDefinition] {
        let items = reader.list("fields")
        if items.count > limit {
            reader.report("\(reader.join("fields")): \(items.count) of them; at most \(limit)")
        }
        var keys: Set<String> = []
        return items.prefix(limit).enumerated().compactMap { index, item in
            let itemReader = reader.reader(of: item, "\(reader.join("fields"))[\(index)]")
            guard let field = FieldDefinition(itemReader, for: owner, types: types) else { return nil }
            if !keys.insert(field.key).inserted {
                itemReader.report(
                    "\(itemReader.join("key")): \(field.key) stands here twice",
                    at: itemReader.optional("key")?.mark)
            }
            return field
        }
    }

    private init?(_ reader: DocumentReader, for owner: Owner, types: SchemaTypes) {
        let key = reader.string("key")
        let type = reader.string("type").flatMap { Self.type($0, reader, owner, types) }
        let isRequired = reader.optionalBool("required") ?? false
        let description = reader.optionalString("description") ?? ""
        let source = reader.optionalString("source") ?? "author"
        let values = reader.strings("values")
        reader.finish()
        guard let key, let type else { return nil }
        self.init(
            key: key, type: type, isRequired: isRequired, description: description, values: values,
            source: source)
        checkKey(reader, owner)
        checkValues(reader)
    }

    private static func type(
        _ text: String, _ reader: DocumentReader, _ owner: Owner, _ types: SchemaTypes
    ) -> FieldType? {
        let problem: String
        if let type = FieldType(text) {
            switch (owner, type) {
            case (.trigger, .schema(let name, _)) where types[name] == nil:
                problem = "the type \(name) is not among this connector's types"
            case (.trigger, _) where type.isForTriggers, (.action, _) where type.isForActions:
                return type
            default:
                problem = "Flow has no \(type) for \(owner == .trigger ? "triggers" : "actions")"
            }
        } else {
            problem = "“\(text)” is no type; one of \(FieldType.allNames)"
        }
        reader.report("\(reader.join("type")): \(problem)", at: reader.optional("type")?.mark)
        return nil
    }

    /// Flow names a reference's key itself; other keys of triggers are letters and spaces only. Source:
    /// `Shopify/cli:packages/app/src/cli/services/flow/` (`validation.ts`, `serialize-fields.ts`, read 2026-11).
    private func checkKey(_ reader: DocumentReader, _ owner: FieldDefinition.Owner) {
        let mark = reader.optional("key")?.mark
        if case .reference(let reference) = type {
            guard key != "\(reference.rawValue)_id" else { return }
            reader.report(
                "\(reader.join("key")): a \(type) has the key \(reference.rawValue)_id, not \(key)", at: mark)
            return
        }
        let others: Set<UInt8> = owner == .trigger ? [UInt8(ascii: " ")] : Set("0123456789_- ".utf8)
        guard key.utf8.count > 100 || !key.utf8.allSatisfy({ $0.isLetter || others.contains($0) }) else {
            return
        }
        let allowed = owner == .trigger ? "letters and spaces" : "letters, digits, spaces, _ and -"
        reader.report("\(reader.join("key")): “\(key)” should be up to 100 \(allowed)", at: mark)
    }

    private func checkValues(_ reader: DocumentReader) {
        guard reader.has("values"), type != .singleLineText, type != .multiLineText else { return }
        reader.report(
            "\(reader.join("values")): only text has allowed values, not \(type)",
            at: reader.optional("values")?.mark)
    }
}
