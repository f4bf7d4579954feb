// The properties that are handed to the Kafka clients as they are.

/// Puts `kafka.properties.*` together: options win over the environment, which wins over the file.
enum KafkaProperties {
    private static let variableStart = "KAFKA_PROPERTIES_"

    static func merged(
        file: [String: String], environment: [String: String], options: [String]
    ) throws(CommandError) -> [String: String] {
        var properties = file
        for (name, value) in environment
        where name.hasPrefix(variableStart) && name.count > variableStart.count {
            properties[self.name(ofVariable: name)] = value
        }
        for option in options {
            let (name, value) = try parsed(option)
            properties[name] = value
        }
        return properties
    }

    /// `KAFKA_PROPERTIES_SASL_USERNAME` → `sasl.username`: none of librdkafka's public properties that a user
    /// would set has an underscore in its name.
    private static func name(ofVariable variable: String) -> String {
        variable.dropFirst(variableStart.count).lowercased().replacing("_", with: ".")
    }

    private static func parsed(_ option: String) throws(CommandError) -> (String, String) {
        guard let equals = option.firstIndex(of: "="), equals != option.startIndex else {
            // Without its value: it may be a password.
            throw .wrongUse(
                "--kafka-property wants key=value", at: String(option.prefix { $0 != "=" }),
                do: "write it as --kafka-property security.protocol=SASL_SSL")
        }
        return (String(option[..<equals]), String(option[option.index(after: equals)...]))
    }
}
