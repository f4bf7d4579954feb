import Flow
import Liquid

extension Condition {
    /// Values of a trigger's fields with which it holds, where it is plain: a comparison by `==`, one by `!=` of a field
    /// that has listed values, or several that must all hold. Nil where it isn't.
    func wishes(of trigger: TriggerDefinition) -> [String: String]? {
        switch self {
        case .all(let conditions):
            var wishes: [String: String] = [:]
            for condition in conditions {
                guard let more = condition.wishes(of: trigger) else { return nil }
                for (key, value) in more where wishes.updateValue(value, forKey: key) ?? value != value {
                    return nil
                }
            }
            return wishes
        case .compare(let path, let comparison, .string(let value)):
            guard let field = trigger.fields.first(where: { path.description == "trigger.\($0.key)" }) else {
                return nil
            }
            switch comparison {
            case .equal:
                // Texts are compared ignoring case, and a field may list its own.
                let listed = field.values.first { $0.lowercased() == value.lowercased() }
                return field.values.isEmpty || listed != nil ? [field.key: listed ?? value] : nil
            case .notEqual:
                return field.values.first { $0.lowercased() != value.lowercased() }.map { [field.key: $0] }
            default: return nil
            }
        default: return nil
        }
    }
}
