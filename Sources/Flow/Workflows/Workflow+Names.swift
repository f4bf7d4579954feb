import Liquid

extension Workflow {
    /// Names that its templates and conditions read, and that nothing will have put there: an undefined one renders
    /// empty and fulfils no condition, so somebody should look at it. A payload may have more than its trigger's fields,
    /// so what is read of it may be right all the same.
    package func doubtfulNames(in catalogue: Catalogue) -> [String] {
        var check = NameCheck(trigger: trigger, catalogue: catalogue)
        if let condition { check.read(condition, "conditions") }
        if case .by(let path) = ordering { check.read(path, "order_by") }
        check.walk(steps)
        return check.found
    }
}

/// Walks through a workflow with what is known at each place.
private struct NameCheck {
    private static let storeNames: Set = ["domain", "organization", "shop_id"]

    let trigger: TriggerReference
    let fields: [String]?
    var steps: Set<String> = []
    private(set) var found: [String] = []

    init(trigger: TriggerReference, catalogue: Catalogue) {
        self.trigger = trigger
        fields = catalogue.trigger(trigger)?.fields.map(\.key)
    }

    mutating func walk(_ placed: [PlacedStep]) {
        for step in placed.map(\.step) {
            switch step.kind {
            case .action(_, let inputs):
                for (name, input) in inputs.sorted(by: { $0.key < $1.key }) {
                    guard case .template(let template) = input else { continue }
                    for path in template.paths { read(path, "step \(step.id), \(name)") }
                }
            case .branch(let condition, let then, let otherwise):
                read(condition, "step \(step.id)")
                walk(then)
                walk(otherwise)
            case .wait: break
            }
            steps.insert(step.id)
        }
    }

    mutating func read(_ condition: Condition, _ place: String) {
        switch condition {
        case .all(let parts), .any(let parts): for part in parts { read(part, place) }
        case .not(let part): read(part, place)
        case .compare(let path, _, _), .isEmpty(let path), .exists(let path): read(path, place)
        case .items(let path, _, let part):
            read(path, place)
            read(part, place)
        }
    }

    mutating func read(_ path: FieldPath, _ place: String) {
        if let path = path.path, path.root != "item" { read(path, place) }
    }

    private mutating func read(_ path: Path, _ place: String) {
        let name: String? = if case .key(let key)? = path.components.first { key } else { nil }
        switch (path.root, name) {
        case ("trigger", let name?):
            guard let fields, !fields.contains(name) else { return }
            tell(place, path, "\(trigger) has no field \(name)", name, fields)
        case ("steps", let name?):
            guard !steps.contains(name) else { return }
            tell(place, path, "no step before it is called \(name)", name, steps.sorted())
        case ("store", let name?):
            guard !Self.storeNames.contains(name) else { return }
            tell(place, path, "a store has no \(name)", name, Self.storeNames.sorted())
        case ("trigger", nil), ("steps", nil), ("store", nil): return
        case (let root, _):
            tell(place, path, "there is no \(root)", root, ["trigger", "store", "steps"])
        }
    }

    private mutating func tell(
        _ place: String, _ path: Path, _ what: String, _ name: String, _ known: [String]
    ) {
        let near = NearNames.of(name, in: known)
        let hint =
            !near.isEmpty
            ? "did you mean \(near.joined(separator: " or "))?"
            : known.isEmpty ? "" : "there is \(known.prefix(12).joined(separator: ", "))"
        let text = "\(place): \(path): \(what)\(hint.isEmpty ? "" : "; \(hint)")"
        if !found.contains(text) { found.append(text) }
    }
}
