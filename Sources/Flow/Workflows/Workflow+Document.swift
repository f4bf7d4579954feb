import Liquid

extension Workflow {
    /// Steps of one workflow, those of branches included, at most.
    package static let stepLimit = 100

    /// Reads a workflow document. What it says of connectors is checked against the catalogue where one is given:
    /// a record of the registry was checked when it was applied, and is read without.
    package init?(_ reader: DocumentReader, catalogue: Catalogue?) {
        _ = reader.optional("kind")
        guard let id = reader.string("id") else { return nil }
        self.id = id
        isEnabled = reader.optionalBool("enabled") ?? true
        let owner = Self.owner(reader)
        let trigger = Self.trigger(reader)
        let ordering = Self.ordering(reader)
        let conditionReader = reader.reader("conditions")
        condition = conditionReader.flatMap { Condition($0) }
        steps = Step.steps("steps", of: reader, catalogue: catalogue)
        if steps.isEmpty { reader.report("\(reader.join("steps")): at least one step should stand here") }
        reader.finish()
        guard let owner, let trigger, let ordering, !(conditionReader != nil && condition == nil) else {
            return nil
        }
        self.owner = owner
        self.trigger = trigger
        self.ordering = ordering
        checkSteps(reader)
        if let catalogue { catalogue.check(trigger, reader) }
    }

    private static func owner(_ reader: DocumentReader) -> Owner? {
        switch (reader.optionalString("store"), reader.optionalString("organization")) {
        case (let store?, nil): return .store(store)
        case (nil, let organization?): return .organization(organization)
        default:
            reader.report("a workflow has either store or organization as its owner")
            return nil
        }
    }

    private static func trigger(_ reader: DocumentReader) -> TriggerReference? {
        guard let text = reader.string("trigger") else { return nil }
        if let trigger = TriggerReference(text) { return trigger }
        reader.report(
            "\(reader.join("trigger")): “\(text)” should be connector/trigger, as in loyaltylion/moved-up-tier",
            at: reader.optional("trigger")?.mark)
        return nil
    }

    private static func ordering(_ reader: DocumentReader) -> Ordering? {
        guard let text = reader.optionalString("order_by") else { return .byReference }
        if text == "none" { return Ordering.none }
        if let path = FieldPath(text), path.root == "trigger" { return .by(path) }
        reader.report(
            "\(reader.join("order_by")): “\(text)” should be none or a field of the trigger, as in trigger.order_id",
            at: reader.optional("order_by")?.mark)
        return nil
    }

    private func checkSteps(_ reader: DocumentReader) {
        var ids: Set<String> = []
        var count = 0
        func visit(_ steps: [PlacedStep]) {
            for placed in steps {
                count += 1
                if !ids.insert(placed.step.id).inserted {
                    reader.report(
                        "steps: the id \(placed.step.id) stands here twice; each step needs its own")
                }
                if case .branch(_, let then, let otherwise) = placed.step.kind { visit(then + otherwise) }
            }
        }
        visit(steps)
        if count > Self.stepLimit { reader.report("steps: \(count) steps; at most \(Self.stepLimit)") }
    }
}
