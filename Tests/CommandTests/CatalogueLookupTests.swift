import Connectors
import Flow
import Testing

@testable import sluice

/// Names that users give, right and nearly right.
@Suite struct CatalogueLookupTests {
    @Test func `a trigger is found with its connector`() throws {
        let named = try Catalogue.builtIn().namedTrigger("loyaltylion/moved-up-tier")
        #expect(named.reference.description == "loyaltylion/moved-up-tier")
        #expect(try Catalogue.builtIn().named(list: "slack, loyaltylion") == ["slack", "loyaltylion"])
    }

    @Test(arguments: [
        ("klavio/x", "klaviyo"), ("loyaltylion", "loyaltylion/moved-up-tier"),
        ("nothing", "CONNECTOR/TRIGGER"),
        ("slack/send-message", "only actions"), ("loyaltylion/moved", "loyaltylion/moved-up-tier"),
        ("/", "CONNECTOR/TRIGGER"),
    ])
    func `a wrong name says what there is`(text: String, hint: String) throws {
        let catalogue = try Catalogue.builtIn()
        let error = #expect(throws: CommandError.self) { try catalogue.namedTrigger(text) }
        #expect(error?.code == .wrongUse)
        #expect(error?.remedy?.contains(hint) == true, "\(error?.remedy ?? "")")
    }

    @Test func `a connector's page names every field, and its JSON every handle`() throws {
        for connector in try Catalogue.builtIn().connectors {
            let page = ConnectorPage(connector).text
            for trigger in connector.triggers {
                #expect(page.contains("\(connector.id)/\(trigger.handle)"))
                for field in trigger.fields { #expect(page.contains(field.key)) }
            }
            #expect(connector.json["actions"]?.arrayValue?.count == connector.actions.count)
        }
    }
}
