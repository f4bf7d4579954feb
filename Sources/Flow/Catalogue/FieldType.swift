import Liquid

/// Shopify Flow's field types.
///
/// Triggers may use all but the multi-line text, the integer and the last two references; actions all but schema
/// types. Source: `Shopify/cli:packages/app/src/cli/services/flow/constants.ts` (read 2026-11).
package enum FieldType: Hashable, Sendable, CustomStringConvertible {
    case boolean
    case email
    case singleLineText
    case multiLineText
    case integer
    case decimal
    case url
    case reference(Reference)
    /// A type of the catalogue's own schema, or a list of it: `schema.SearchStat[]`.
    case schema(String, isList: Bool)

    package enum Reference: String, Sendable, CaseIterable {
        case customer, order, product, company
        case companyContact = "company_contact"
        case marketingActivity = "marketing_activity"
        case abandonment
    }

    private static let plainNames: [(String, FieldType)] = [
        ("boolean", .boolean), ("email", .email), ("single_line_text_field", .singleLineText),
        ("multi_line_text_field", .multiLineText), ("number_integer", .integer), ("number_decimal", .decimal),
        ("url", .url),
    ]

    /// Reads Flow's name of a type; nil for an unknown one.
    package init?(_ name: String) {
        if let plain = Self.plainNames.first(where: { $0.0 == name }) {
            self = plain.1
        } else if name.hasPrefix("schema.") {
            let isList = name.hasSuffix("[]")
            let type = name.dropFirst("schema.".count).dropLast(isList ? 2 : 0)
            guard !type.isEmpty else { return nil }
            self = .schema(String(type), isList: isList)
        } else if name.hasSuffix("_reference"),
            let reference = Reference(rawValue: String(name.dropLast("_reference".count)))
        {
            self = .reference(reference)
        } else {
            return nil
        }
    }

    package var description: String {
        switch self {
        case .reference(let reference): return "\(reference.rawValue)_reference"
        case .schema(let type, let isList): return "schema.\(type)\(isList ? "[]" : "")"
        default: return Self.plainNames.first { $0.1 == self }?.0 ?? ""
        }
    }

    package var isForTriggers: Bool {
        switch self {
        case .multiLineText, .integer, .reference(.marketingActivity), .reference(.abandonment): false
        default: true
        }
    }

    package var isForActions: Bool {
        if case .schema = self { false } else { true }
    }

    package static var allNames: String {
        (plainNames.map(\.0) + Reference.allCases.map { "\($0.rawValue)_reference" } + ["schema.<Type>"])
            .joined(separator: ", ")
    }
}
