import Liquid

extension Condition {
    /// Reads a condition, and refuses one that would have a connector decide.
    ///
    /// ```yaml
    /// all:
    ///   - { field: trigger.tier, is: ==, value: Gold }
    ///   - { field: trigger.searches, is: any, where: { field: item.count, is: ">", value: 10 } }
    ///   - not: { field: trigger.email, is: empty }
    /// ```
    package init?(_ reader: DocumentReader) {
        self.init(reader, isOfItem: false)
    }

    /// - Parameter isOfItem: whether it stands in a `where`, and may read `item`.
    private init?(_ reader: DocumentReader, isOfItem: Bool) {
        defer { reader.finish() }
        if reader.has("connector") || reader.has("action") {
            let name = reader.optionalString("connector") ?? reader.optionalString("action") ?? ""
            Self.refuseConnector(name, reader)
            return nil
        }
        for join in ["all", "any"] where reader.has(join) {
            let parts = reader.list(join, required: true).enumerated().compactMap { index, node in
                Condition(reader.reader(of: node, "\(reader.join(join))[\(index)]"), isOfItem: isOfItem)
            }
            self = join == "all" ? .all(parts) : .any(parts)
            return
        }
        if reader.has("not"), let inner = reader.reader("not") {
            guard let condition = Condition(inner, isOfItem: isOfItem) else { return nil }
            self = .not(condition)
            return
        }
        guard let path = Self.path(reader, isOfItem: isOfItem), let name = reader.string("is") else {
            return nil
        }
        self.init(path: path, operator: name, reader)
    }

    private static func refuseConnector(_ name: String, _ reader: DocumentReader) {
        reader.report(
            "\(reader.path): a connector (\(name)) can't be a condition; connectors offer triggers and actions only. "
                + "Compare fields of the trigger instead: { field: trigger.…, is: ==, value: … }")
    }

    private static func path(_ reader: DocumentReader, isOfItem: Bool) -> FieldPath? {
        guard let node = reader.required("field"), let text = reader.optionalString("field") else {
            return nil
        }
        if text.contains("/") {
            refuseConnector(text, reader)
            return nil
        }
        guard let path = FieldPath(text), FieldPath.roots.contains(path.root) else {
            reader.report(
                "\(reader.join("field")): “\(text)” is no path; it begins with trigger, store or steps, as in trigger.order_id",
                at: node.mark)
            return nil
        }
        guard path.root != "item" || isOfItem else {
            reader.report(
                "\(reader.join("field")): “\(text)” is read only inside of a where, which goes over the items of a list",
                at: node.mark)
            return nil
        }
        return path
    }

    private init?(path: FieldPath, operator name: String, _ reader: DocumentReader) {
        if let comparison = Comparison(rawValue: name) {
            guard let operand = reader.required("value") else { return nil }
            if comparison == .isIn || comparison == .notIn, operand.value.arrayValue == nil {
                reader.report("\(reader.join("value")): \(name) needs a list", at: operand.mark)
                return nil
            }
            self = .compare(path, comparison, operand.value)
        } else if let quantifier = Quantifier(rawValue: name) {
            guard let node = reader.required("where"),
                let inner = Condition(reader.reader(of: node, reader.join("where")), isOfItem: true)
            else { return nil }
            self = .items(path, quantifier, inner)
        } else if name == "empty" {
            self = .isEmpty(path)
        } else if name == "exists" {
            self = .exists(path)
        } else {
            reader.report(
                "\(reader.join("is")): “\(name)” is no operator; allowed: \(Self.operatorNames)",
                at: reader.optional("is")?.mark)
            return nil
        }
    }
}
