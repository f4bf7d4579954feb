import Liquid

/// Makes the values of a sample: what a field gets follows from its type first, then from its key.
struct SampleMaker<Generator: RandomNumberGenerator> {
    var generator: Generator
    let types: SchemaTypes
    let time: String
    private var isInList = false

    init(_ generator: Generator, types: SchemaTypes, time: String) {
        self.generator = generator
        self.types = types
        self.time = time
    }

    /// All required fields, and four of five of the others.
    mutating func members(_ fields: [FieldDefinition]) -> [String: JSON] {
        var members: [String: JSON] = [:]
        for field in fields where field.isRequired || chance(of: 5) < 4 {
            members[field.key] = value(field)
        }
        return members
    }

    private mutating func value(_ field: FieldDefinition) -> JSON {
        if !field.values.isEmpty {
            // A required property must not be empty, though empty may be among its values.
            let values = field.isRequired ? field.values.filter { !$0.isEmpty } : field.values
            return .string(pick(values))
        }
        switch field.type {
        case .boolean: return .bool(chance(of: 2) == 0)
        case .email: return .string(email())
        case .singleLineText, .multiLineText: return .string(text(field.key))
        case .integer: return .integer(Int64.random(in: 1...100, using: &generator) * 5)
        case .decimal: return number(field.key)
        case .url: return .string(url(field.key))
        case .reference: return .integer(Int64.random(in: 1_000_000_000...9_999_999_999, using: &generator))
        case .schema(let name, let isList):
            let type = TypeExpression.named(name)
            return value(isList ? .list(.nonNull(type)) : .nonNull(type), field.key)
        }
    }

    // MARK: Schema types

    private mutating func value(_ type: TypeExpression, _ key: String) -> JSON {
        switch type {
        case .nonNull(let inner):
            return value(inner, key)
        case .list(let inner):
            // Lists in lists would multiply; the outermost is varied enough.
            let count = isInList ? 1 : 1 + chance(of: 3)
            let wasInList = isInList
            isInList = true
            defer { isInList = wasInList }
            return .array((0..<count).map { _ in value(inner, key) })
        case .named(let name):
            return value(named: name, key)
        }
    }

    private mutating func value(named name: String, _ key: String) -> JSON {
        switch types[name] {
        case .alias(let type): return value(type, key)
        case .enumeration(let values): return .string(pick(values))
        case .object(let members):
            var object: [String: JSON] = [:]
            for member in members where member.type.isNonNull || chance(of: 5) < 4 {
                object[member.name] = value(member.type, member.name)
            }
            return .object(object)
        case nil: return scalar(name, key)
        }
    }

    private mutating func scalar(_ name: String, _ key: String) -> JSON {
        switch name {
        case "Int": .integer(Int64.random(in: 1...500, using: &generator))
        case "Float": .decimal(cents(in: 1...10_000))
        case "Boolean": .bool(chance(of: 2) == 0)
        case "ID": .string(digits())
        default: .string(key.hasSuffix("Urls") ? url(key) : text(key))
        }
    }

    // MARK: By key

    private mutating func text(_ key: String) -> String {
        switch SampleText.kind(of: key) {
        case .words(let choices): pick(choices)
        case .person: "\(pick(SampleText.firstNames)) \(pick(SampleText.lastNames))"
        case .sentence: pick(SampleText.sentences)
        case .id: digits()
        case .orderNumber: "#\(Int.random(in: 1001...9999, using: &generator))"
        case .phone: "+1555010\(Int.random(in: 1000...9999, using: &generator))"
        case .typedEmail:
            "\(pick(SampleText.firstNames).lowercased())@\(pick(["gmial.example", "hotnail.example"]))"
        case .justNow: moment(-300...0)?.isoText ?? time
        case .moment(let days):
            moment(days.lowerBound * SampleText.day...days.upperBound * SampleText.day)?.isoText ?? time
        case .day(let days):
            moment(days.lowerBound * SampleText.day...days.upperBound * SampleText.day)?.dayText ?? time
        case .monthAndDay: moment(-365 * SampleText.day...0).map { String($0.dayText.suffix(5)) } ?? time
        case .json(let make):
            make(pick(SampleText.products), Int.random(in: 1...5, using: &generator)).jsonText
        }
    }

    /// Within so many seconds from the event's moment; nil where that is no date.
    private mutating func moment(_ seconds: ClosedRange<Int64>) -> UTCDate? {
        UTCDate(iso: time)?.adding(seconds: Int64.random(in: seconds, using: &generator))
    }

    private mutating func number(_ key: String) -> JSON {
        switch SampleText.numberKind(of: key) {
        case .rating: .integer(Int64.random(in: 1...5, using: &generator))
        case .count: .integer(Int64.random(in: 1...50, using: &generator))
        case .points: .integer(Int64.random(in: 1...200, using: &generator) * 5)
        case .money: .decimal(cents(in: 100...50_000))
        case .degrees: .decimal(Double(Int.random(in: -100...350, using: &generator)) / 10)
        case .share: .decimal(Double(Int.random(in: -100...100, using: &generator)) / 100)
        }
    }

    private mutating func email() -> String {
        let name = "\(pick(SampleText.firstNames)).\(pick(SampleText.lastNames))".lowercased()
        return "\(name)\(chance(of: 100))@\(pick(["example.com", "example.org", "example.net"]))"
    }

    private mutating func url(_ key: String) -> String {
        let lower = key.lowercased()
        if lower.contains("photo") || lower.contains("image") || lower.contains("avatar") {
            return "https://cdn.example.com/images/\(digits()).jpg"
        }
        if lower.contains("video") { return "https://cdn.example.com/videos/\(digits()).mp4" }
        if lower.contains("file") || lower.contains("resume") {
            return "https://cdn.example.com/files/\(digits()).pdf"
        }
        return "https://\(pick(["shop", "www", "app"])).example.com/\(pick(["r", "items", "p"]))/\(digits())"
    }

    // MARK: Chance

    private mutating func pick<Element>(_ choices: [Element]) -> Element
    where Element: ExpressibleByStringLiteral {
        choices.randomElement(using: &generator) ?? ""
    }

    private mutating func chance(of sides: Int) -> Int { Int.random(in: 0..<sides, using: &generator) }

    private mutating func digits() -> String {
        String(Int.random(in: 100_000...99_999_999, using: &generator))
    }

    private mutating func cents(in range: ClosedRange<Int>) -> Double {
        Double(Int.random(in: range, using: &generator)) / 100
    }
}
