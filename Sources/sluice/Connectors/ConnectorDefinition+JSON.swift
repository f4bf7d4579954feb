// A connector as JSON.

import Flow
import Liquid

extension ConnectorDefinition {
    /// `{"id", "name", "category", "notes", "limits": […], "connection": {"ways": […], "settings": […]}, "triggers": […],
    /// "actions": […]}`
    var json: JSON {
        [
            "id": .string(id), "name": .string(name), "category": .string(category), "notes": .texts(notes),
            "limits": .array(limits.map(\.body)), "connection": connection.json,
            "triggers": .array(triggers.map(\.json)), "actions": .array(actions.map(\.json)),
        ]
    }
}

extension ConnectionDefinition {
    fileprivate var json: JSON {
        ["ways": .array(ways.map(\.json)), "settings": .array(settings.map(\.json))]
    }
}

extension CredentialWay {
    fileprivate var json: JSON {
        .compact([
            "kind": .string(kind.rawValue), "credentials": .array(credentials.map(\.json)),
            "token_url": tokenURL.map { .string($0) }, "scopes": .texts(scopes),
        ])
    }
}

extension CredentialDefinition {
    fileprivate var json: JSON {
        ["key": .string(key), "required": .bool(isRequired), "description": .string(description)]
    }
}

extension SettingDefinition {
    fileprivate var json: JSON {
        [
            "key": .string(key), "required": .bool(isRequired), "description": .string(description),
            "values": .texts(values),
        ]
    }
}

extension TriggerDefinition {
    fileprivate var json: JSON {
        [
            "handle": .string(handle), "title": .string(title), "description": .string(description),
            "constraints": .texts(constraints), "fields": .array(fields.map(\.json)),
        ]
    }
}

extension ActionDefinition {
    fileprivate var json: JSON {
        .compact([
            "handle": .string(handle), "title": .string(title), "description": .string(description),
            "constraints": .texts(constraints), "fields": .array(fields.map(\.json)),
            "protocol": .string(delivery.channel.rawValue),
            "confidence": .string(delivery.confidence.rawValue),
            "in_doubt": .string(delivery.inDoubt.rawValue), "limits": .array(delivery.limits.map(\.body)),
            "returns": returns.map { .string("\($0)") },
        ])
    }
}

extension FieldDefinition {
    fileprivate var json: JSON {
        [
            "key": .string(key), "type": .string("\(type)"), "required": .bool(isRequired),
            "description": .string(description), "values": .texts(values), "source": .string(source),
        ]
    }
}

extension JSON {
    fileprivate static func texts(_ texts: [String]) -> JSON { .array(texts.map { .string($0) }) }
}
