using Soc.Actors.Recording;

namespace Soc.Actors.Input;

/// <summary>Input of a recorded run, at the virtual times at which it came.</summary>
/// <param name="inputs">What came, in order.</param>
public sealed class RecordedInput(IReadOnlyList<RecipeInput> inputs) : IConsoleInput
{
    private int _next;

    /// <inheritdoc/>
    public bool IsOpen => _next < inputs.Count;

    /// <inheritdoc/>
    public byte[] Take(ulong now) => _next < inputs.Count && inputs[_next].At <= now ? inputs[_next++].Bytes : [];

    /// <inheritdoc/>
    /// <remarks>Nothing arrives by itself: whoever sleeps takes what is next.</remarks>
    public void Notify(Action arrived)
    {
    }
}
