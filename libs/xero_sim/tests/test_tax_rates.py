"""User-defined tax rates: how US organisations tax, and any other that adds its own."""

from xero_sim.app_client import Xero


async def test_a_rate_made_by_the_api_taxes_lines_until_it_is_deleted(xero: Xero) -> None:
    parts = [{"Name": "State", "Rate": 5}, {"Name": "City", "Rate": 10, "IsCompound": True}]
    made = await xero.put("TaxRates", Name="City tax", TaxComponents=parts)
    line = {"Description": "x", "UnitAmount": 100, "AccountCode": "453", "TaxType": made["TaxType"]}

    bill = await xero.bill(LineItems=[line])
    deleted = await xero.post("TaxRates", Name="City tax", Status="DELETED")
    refused = await xero.refused("PUT", "Invoices", Type="ACCPAY", Contact={"Name": "A"}, LineItems=[line])

    assert (made["TaxType"], made["EffectiveRate"], made["DisplayTaxRate"]) == ("TAX001", 15.5, 15)
    assert [each["Name"] for each in made["TaxComponents"]] == ["State", "City"]
    assert bill["TotalTax"] == 15.5
    assert deleted["Status"] == "DELETED"
    assert refused == ["The TaxType code 'TAX001' cannot be used with account code '453'."]


async def test_system_rates_stay_and_names_are_unique(xero: Xero) -> None:
    part = {"Name": "Levy", "Rate": 2}
    await xero.put("TaxRates", Name="Levy", TaxComponents=[part])

    assert await xero.refused("PUT", "TaxRates", Name="levy", TaxComponents=[part]) == [
        "A tax rate with this name already exists"
    ]
    assert await xero.refused("PUT", "TaxRates", Name="B") == ["A tax rate must have at least one component"]
    assert await xero.refused("POST", "TaxRates", TaxType="INPUT2", Status="DELETED") == [
        "System tax rates cannot be changed"
    ]
