namespace Soc.Memory;

/// <summary>Stands for nobody: image loading, debugger accesses and tests.</summary>
public sealed class NoInitiator : IInitiator
{
    private NoInitiator()
    {
    }

    /// <summary>The one instance.</summary>
    public static NoInitiator Instance { get; } = new();

    /// <inheritdoc/>
    public int InitiatorId => -1;

    /// <inheritdoc/>
    public string Name => "none";

    /// <inheritdoc/>
    public ulong Now => 0;
}
