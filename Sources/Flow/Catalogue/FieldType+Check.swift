import Liquid

extension FieldType {
    /// Whether a value, not null, is of this type. Schema types are looked into elsewhere.
    func accepts(_ value: JSON, _ measure: FieldCheck.Measure) -> Bool {
        switch (self, value) {
        case (.boolean, .bool), (.decimal, .integer), (.decimal, .decimal), (.integer, .integer),
            (.schema, _):
            true
        case (.boolean, .string(let text)): measure == .properties && (text == "true" || text == "false")
        case (.decimal, .string(let text)): TextFormat.isDecimal(text)
        case (.integer, .string(let text)): measure == .properties && TextFormat.isInteger(text)
        case (.singleLineText, .string), (.multiLineText, .string): true
        case (.singleLineText, .integer), (.singleLineText, .decimal), (.singleLineText, .bool),
            (.multiLineText, .integer), (.multiLineText, .decimal), (.multiLineText, .bool):
            measure == .properties
        case (.email, .string(let text)): TextFormat.isEmail(text)
        case (.url, .string(let text)): TextFormat.isAbsoluteURL(text)
        case (.reference, .integer(let id)): id > 0
        case (.reference(let reference), .string(let text)):
            TextFormat.isReference(text, to: reference.resourceName)
        default: false
        }
    }

    /// What to send, in words for error messages.
    var wanted: String {
        switch self {
        case .boolean: "true or false"
        case .email: "an e-mail address, such as ann@example.com"
        case .singleLineText, .multiLineText: "text"
        case .integer: "a whole number, such as 150"
        case .decimal: "a number, such as 4.5"
        case .url: "an absolute URL, such as https://example.com/reviews/1"
        case .reference(let reference):
            "the \(reference.rawValue)'s id, as a number or as gid://shopify/\(reference.resourceName)/1"
        case .schema(let type, let isList): isList ? "a list of \(type)" : "a value of type \(type)"
        }
    }
}

extension FieldType.Reference {
    /// Shopify's name of the object in its global ids: `Customer` in `gid://shopify/Customer/1`.
    package var resourceName: String {
        switch self {
        case .customer: "Customer"
        case .order: "Order"
        case .product: "Product"
        case .company: "Company"
        case .companyContact: "CompanyContact"
        case .marketingActivity: "MarketingActivity"
        case .abandonment: "Abandonment"
        }
    }
}
