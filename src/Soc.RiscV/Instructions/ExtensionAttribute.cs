namespace Soc.RiscV.Instructions;

/// <summary>The extension that an instruction belongs to, on its method or on the class of its method: without it the encoding is illegal.</summary>
/// <param name="extensions">Any of these has the instruction.</param>
/// <param name="needs">All of these must be there too.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class ExtensionAttribute(Extensions extensions, Extensions needs = Extensions.None) : Attribute
{
    /// <summary>Any of these has the instruction.</summary>
    public Extensions Extensions { get; } = extensions;

    /// <summary>All of these must be there too.</summary>
    public Extensions Needs { get; } = needs;
}
