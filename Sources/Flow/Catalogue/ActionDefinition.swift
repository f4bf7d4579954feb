/// A kind of action, known by its handle.
package struct ActionDefinition: Hashable, Sendable {
    package let handle: String
    package let title: String
    package let description: String
    /// What a user of it should know; "seed:" marks what the source document says.
    package let constraints: [String]
    package let fields: [FieldDefinition]
    package let delivery: Delivery
    /// The type of the `return_value` that the app must answer with; nil for an action that declares none.
    package let returns: TypeExpression?

    package init(
        handle: String, title: String, description: String, constraints: [String], fields: [FieldDefinition],
        delivery: Delivery = Delivery(), returns: TypeExpression? = nil
    ) {
        self.handle = handle
        self.title = title
        self.description = description
        self.constraints = constraints
        self.fields = fields
        self.delivery = delivery
        self.returns = returns
    }

    package var inDoubt: InDoubtPolicy { delivery.inDoubt }

    /// What to do with a run when nobody knows whether the vendor acted. The catalogue's proposal for each action.
    package enum InDoubtPolicy: String, Sendable, CaseIterable {
        case resend
        case checkThenResend = "check-then-resend"
        /// Stop, and let a person decide.
        case ask

        /// Whether an attempt is written down before its request goes out: a repeat does harm.
        package var isNotedFirst: Bool { self != .resend }
    }

    /// How an action run reaches the app.
    package struct Delivery: Hashable, Sendable {
        package let channel: Channel
        package let confidence: Confidence
        package let inDoubt: InDoubtPolicy
        /// What the vendor allows for this action, beside the limits of all its actions.
        package let limits: [RateLimit]
        /// How long the vendor may take to show what a request did whose answer never came, where that is known to be long.
        package let lookUpDelay: Duration?

        /// Without arguments: what holds for a connector whose document doesn't say.
        package init(
            channel: Channel = .flowAction, confidence: Confidence = .high, inDoubt: InDoubtPolicy = .resend,
            limits: [RateLimit] = [], lookUpDelay: Duration? = nil
        ) {
            self.channel = channel
            self.confidence = confidence
            self.inDoubt = inDoubt
            self.limits = limits
            self.lookUpDelay = lookUpDelay
        }
    }

    /// The YAML's `protocol`.
    package enum Channel: String, Sendable, CaseIterable {
        /// Flow's signed request to the endpoint that is registered for the app.
        case flowAction = "flow-action"
        /// The vendor's own public API.
        case vendorAPI = "vendor-api"
    }

    /// How sure the facts are: `high` = the vendor's reference was read, `medium` = help pages or several
    /// integrations, `low` = indirect. Of a `flow-action`: that there is no usable public API.
    package enum Confidence: String, Sendable, CaseIterable {
        case high, medium, low
    }
}
